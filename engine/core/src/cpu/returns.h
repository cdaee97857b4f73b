/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Returns to another privilege level: IRET, far RET, SYSRET. */
#ifndef VPC_CPU_RETURNS_H
#define VPC_CPU_RETURNS_H
#include "guest/state.h"

/* Around helpers of translated code; see emulator/helpers.h. */
void vpc_before_far_return(vpc_cpu *);
void vpc_before_iret(vpc_cpu *);
void vpc_before_sysret(vpc_cpu *);
void vpc_after_return(vpc_cpu *);
#endif
