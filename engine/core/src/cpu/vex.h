/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHLX, which the translator ties to a bit that it does not depend on. */
#ifndef VPC_CPU_VEX_H
#define VPC_CPU_VEX_H
#include "guest/state.h"

/* At #UD: returns whether the instruction at RIP is to be tried again. */
bool vpc_permit_shlx(vpc_cpu *);
#endif
