/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets of structure members, found in guest code; each function returns VPC_RUNTIME_*. */
#ifndef VPC_VP_OFFSETS_H
#define VPC_VP_OFFSETS_H
#include "vp/fire.h"

int vpc_offat_ret(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_offat_seg(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_offat_strcpy(vpc_firing *, uint64_t address, uint64_t strcpy_address, uint64_t *out);
#endif
