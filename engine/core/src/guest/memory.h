/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest memory by the core's own page walker, without any effect on the guest. */
#ifndef VPC_GUEST_MEMORY_H
#define VPC_GUEST_MEMORY_H
#include "guest/state.h"

/* The physical address of a linear one; false when it is not mapped. */
bool vpc_walk(const vpc *, const vpc_cpu *, uint64_t address, uint64_t *physical);
/* Whether an address is mapped, and its page marked as one without code. */
bool vpc_holds_data(const vpc *, const vpc_cpu *, uint64_t address);
/* Copies RAM; returns how many bytes could be read before the first that is not mapped to RAM. */
uint64_t vpc_linear_copy(const vpc *, const vpc_cpu *, uint64_t address, uint8_t *out, uint64_t bytes);
bool vpc_ram_u64(const vpc *, uint64_t address, uint64_t *out);
#endif
