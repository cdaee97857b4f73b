/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System management mode. */
#ifndef VPC_CPU_SMM_H
#define VPC_CPU_SMM_H
#include "guest/state.h"

void vpc_smm_reset(vpc_cpu *);
/* Give the CPU the SMI that waits for it; returns whether there was one. */
bool vpc_deliver_smi(vpc_cpu *);
void vpc_smm_block(vpc_cpu *);                 /* before a block, while the CPU is near or in the mode */
void vpc_leave_after_port(vpc_cpu *);          /* take an SMI right after the port instruction that asked for it */
void vpc_hook_rsm(vpc *, vpc_attachment *);
#endif
