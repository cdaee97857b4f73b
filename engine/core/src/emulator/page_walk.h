/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling the TLB from page tables in RAM. */
#ifndef VPC_EMULATOR_PAGE_WALK_H
#define VPC_EMULATOR_PAGE_WALK_H
#include "guest/state.h"

enum { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };

/* Fill the entry of an address for such an access. Returns whether it did; when not, nothing has changed. */
bool vpc_fill_from_tables(vpc_cpu *, uint64_t address, int access, int mmu);
#endif
