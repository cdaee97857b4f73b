/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is. */
#ifndef VPC_CPU_TURNS_H
#define VPC_CPU_TURNS_H
#include "guest/state.h"

/* The CPU to run now, which becomes the current one; NULL when all are halted. */
vpc_cpu *vpc_choose_cpu(vpc *);
/* The tick at which the CPU that executes is left for another. */
uint64_t vpc_turn_limit(vpc *);
void vpc_end_turn(vpc *);          /* another CPU runs next, if one can */
uint32_t vpc_halted_cpus(const vpc *);
#endif
