/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers that Unicorn does not keep. */
#ifndef VPC_CPU_MSR_H
#define VPC_CPU_MSR_H
#include "guest/state.h"

/* The registers as the firmware leaves them. */
void vpc_msr_reset(vpc_cpu *);
/* Before RDMSR or WRMSR acts. */
void vpc_msr_access(vpc_cpu *, bool write);
#endif
