/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts of a CPU. */
#ifndef VPC_CPU_INTERRUPTS_H
#define VPC_CPU_INTERRUPTS_H
#include "guest/state.h"

/* Note where an interrupt or NMI is taken. */
void vpc_interrupted(vpc_cpu *);
/* Map the page that the CPU reads vectors from. Returns -1 with a reason in error. */
int vpc_map_interrupt_acknowledge(vpc_cpu *, vpc_error *error);
#endif
