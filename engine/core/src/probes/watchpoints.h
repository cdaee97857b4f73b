/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data probes: loads and stores that touch a guest linear address. */
#ifndef VPC_PROBES_WATCHPOINTS_H
#define VPC_PROBES_WATCHPOINTS_H
#include "guest/state.h"

void vpc_install_tlb_fill(vpc_cpu *);
void vpc_attach_watchpoint(vpc *, vpc_attachment *);
void vpc_detach_watchpoint(vpc *, vpc_attachment *);
#endif
