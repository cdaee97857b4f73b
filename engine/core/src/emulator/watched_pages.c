/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that data probes of scripts and breakpoints of the guest watch: their TLB entries are marked, so that Unicorn
 * asks tlb_fill before each access. Other pages run at full speed. */
#include "emulator/watched_pages.h"
#include "emulator/emulator.h"
#include "emulator/tlb.h"

#define PAGE 0x1000ull
#define WIDEST 16u   /* bytes of one access; wider ones are several */

/* A page that can hold a byte of an access to bytes from `where` on. */
static bool reaches(uint64_t page, uint64_t where, uint64_t bytes)
{
    return page == where / PAGE || page == (where - (WIDEST - 1)) / PAGE || page == (where + bytes + WIDEST - 2) / PAGE;
}

bool vpc_is_watched(const vpc_cpu *cpu, uint64_t address)
{
    const vpc_watches *w = &cpu->machine->emulator->watches;
    const vpc_debug *d = &cpu->debug;
    uint64_t page = address / PAGE;
    for (uint32_t i = 0; i < w->n; i++)
        if (reaches(page, w->attached[i]->where, 1))
            return true;
    for (uint32_t i = 0; i < d->ndata; i++)
        if (reaches(page, d->data[i].address, d->data[i].bytes))
            return true;
    return false;
}

void vpc_mark_entry(uint8_t *entry, uint64_t address)
{
    if (vpc_tlb_holds(entry, TLB_READ, address))
        ENV_U64(entry, TLB_READ) |= TLB_INVALID;
    if (vpc_tlb_holds(entry, TLB_WRITE, address))
        ENV_U64(entry, TLB_WRITE) |= TLB_INVALID;
}

static void unmark(uint8_t *entry)
{
    for (int field = TLB_READ; field <= TLB_WRITE; field += TLB_WRITE)
        if (ENV_U64(entry, field) != UINT64_MAX)
            ENV_U64(entry, field) &= ~(uint64_t)TLB_INVALID;
}

static void mark_page(vpc_cpu *cpu, uint64_t address)
{
    bool watched = vpc_is_watched(cpu, address);
    for (int mmu = 0; mmu < TLB_MODES; mmu++) {
        uint8_t *entry = vpc_tlb_entry(cpu, mmu, address);
        vpc_tlb_drop_victims(cpu, mmu, address);
        if (watched)
            vpc_mark_entry(entry, address);
        else if (vpc_tlb_holds(entry, TLB_READ, address) || vpc_tlb_holds(entry, TLB_WRITE, address))
            unmark(entry);
    }
}

void vpc_mark_pages(vpc_cpu *cpu, uint64_t where)
{
    mark_page(cpu, where - (WIDEST - 1));
    mark_page(cpu, where);
    mark_page(cpu, where + 2 * WIDEST);   /* a breakpoint has up to 8 bytes, and is aligned */
}
