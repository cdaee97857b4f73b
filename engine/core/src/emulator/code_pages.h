/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages of RAM hold translated code. */
#ifndef VPC_EMULATOR_CODE_PAGES_H
#define VPC_EMULATOR_CODE_PAGES_H
#include "guest/state.h"

int vpc_code_pages_open(vpc_cpu *, vpc_error *error);
void vpc_code_pages_close(vpc *);
void vpc_settle_entry(vpc_cpu *, uint8_t *entry);   /* a TLB entry has been filled */

/* In place of Unicorn's functions; see interpose.h. */
void vpc_protect_code(void *uc, uint64_t address);
void vpc_unprotect_code(void *uc, uint64_t address);
void vpc_invalidate_store(void *uc, void *pages, uint64_t address, int bytes, uintptr_t host_pc);
void vpc_set_dirty(void *state, uint64_t linear);
void vpc_reset_dirty(void *state, uint64_t linear, uint64_t bytes);
#endif
