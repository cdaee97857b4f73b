/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State that manuals name by numbers; each function returns VPC_RUNTIME_*. */
#ifndef VPC_VP_NUMBERED_H
#define VPC_VP_NUMBERED_H
#include "vp/fire.h"

int vpc_load_gpr(vpc_firing *, uint64_t number, uint64_t *out);
int vpc_load_vmcs(vpc_firing *, uint64_t number, uint64_t *out);
int vpc_load_msr(vpc_firing *, uint64_t number, uint64_t *out);
#endif
