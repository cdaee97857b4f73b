/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual clock. */
#ifndef VPC_CPU_CLOCK_H
#define VPC_CPU_CLOCK_H
#include "guest/state.h"

void vpc_install_clock(vpc_cpu *);
void vpc_clock_changed(vpc *);                 /* recompute tick_limit */
void vpc_periodic_start(vpc *, vpc_attachment *);   /* first due time of a periodic point */
#endif
