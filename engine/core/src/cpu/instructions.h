/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that Unicorn leaves to its user. */
#ifndef VPC_CPU_INSTRUCTIONS_H
#define VPC_CPU_INSTRUCTIONS_H
#include "guest/state.h"

void vpc_install_instruction_hooks(vpc_cpu *);

/* In place of helpers of translated code; see emulator/helpers.h. */
void vpc_syscall(vpc_cpu *, int length);
void vpc_rdtsc(vpc_cpu *);
void vpc_cpuid(vpc_cpu *);
#endif
