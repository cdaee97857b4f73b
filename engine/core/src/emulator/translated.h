/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From which pages code has been translated, by linear address. */
#ifndef VPC_EMULATOR_TRANSLATED_H
#define VPC_EMULATOR_TRANSLATED_H
#include "guest/state.h"

/* Have every block that holds the byte at a linear address, in any address space, translated anew. */
void vpc_translate_anew(vpc *, uint64_t address);
void vpc_translated_forget(vpc_cpu *);   /* no block is left */
void vpc_translated_close(vpc_cpu *);

/* A block cannot be translated whole. Returns whether its first instruction is now to be tried alone; the CPU must
 * leave translated code then. */
bool vpc_shorten_block(vpc_cpu *);

/* In place of Unicorn's functions; see interpose.h. */
void vpc_translate_code(void *state, uint8_t *block, int most);
void *vpc_translate_block(void *state, uint64_t pc, uint64_t base, uint32_t flags, int cflags);
#endif
