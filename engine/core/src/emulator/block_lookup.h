/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the translated block that runs next. */
#ifndef VPC_EMULATOR_BLOCK_LOOKUP_H
#define VPC_EMULATOR_BLOCK_LOOKUP_H
#include "guest/state.h"

int vpc_lookup_open(vpc_cpu *, vpc_error *error);
void vpc_lookup_close(vpc_cpu *);
/* Linear addresses may mean other pages now; with but_kernel those of global pages in the upper half do not. */
void vpc_forget_lookups(vpc_cpu *, bool but_kernel);
void vpc_forget_lookups_of_page(vpc_cpu *, uint64_t page);

/* In place of Unicorn's functions; see interpose.h and helpers.h. */
void *vpc_next_block(vpc_cpu *);
void *vpc_next_or_leave(vpc_cpu *);   /* where the translator leaves its code so that an interrupt is taken */
void *vpc_find_block(void *state, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags);
void vpc_blocks_flushed(void *state);
#endif
