/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The software TLB of a CPU: emptying it, and what is known of its entries. */
#ifndef VPC_EMULATOR_TLB_H
#define VPC_EMULATOR_TLB_H
#include "guest/state.h"

int vpc_tlb_open(vpc_cpu *, vpc_error *error);
void vpc_tlb_close(vpc_cpu *);
/* The entry that would hold the page of a linear address. */
uint8_t *vpc_tlb_entry(const vpc_cpu *, int mmu, uint64_t address);
/* Whether an entry has the page of an address for a kind of access (TLB_READ, TLB_WRITE or TLB_CODE). */
bool vpc_tlb_holds(const uint8_t *entry, int field, uint64_t address);
/* Which of the TLB's tables holds for what the CPU may do now (Unicorn's numbers). */
int vpc_tlb_mode(const vpc_cpu *);
/* An entry has been filled. large: bytes of the page that the guest maps, global: a CR3 write leaves it. */
void vpc_tlb_filled(vpc_cpu *, int mmu, uint64_t address, uint64_t large, bool global);
/* Keep what a new translation pushes out of its place. */
void vpc_tlb_evict(vpc_cpu *, int mmu, uint64_t address);
/* Forget what was kept of a page. */
void vpc_tlb_drop_victims(vpc_cpu *, int mmu, uint64_t address);
/* Raises the fault of an access (see page_walk.h) to an address, if there is one, and does nothing else. */
void vpc_tlb_ask(vpc_cpu *, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc);

/* Copies from one page that the TLB holds, or else as the core's own page walker finds it; memory that is not RAM leaves
 * what is there. */
void vpc_tlb_copy(const vpc_cpu *, uint64_t address, void *out, uint64_t bytes);

/* Show every entry in use, and perhaps some that are not. */
void vpc_tlb_each(vpc_cpu *, void (*visit)(uint8_t *entry, void *data), void *data);

/* In place of Unicorn's functions; see interpose.h. */
void vpc_tlb_flush(void *state, uint16_t modes);
void vpc_tlb_flush_page(void *state, uint64_t address, uint16_t modes);
void vpc_write_cr3(void *env, uint64_t value);
#endif
