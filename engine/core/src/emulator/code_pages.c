/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages of RAM hold translated code, so that a store there drops the code and a store elsewhere is fast.
 *
 * Unicorn marks a TLB entry as in need of that look (TLB_NOTDIRTY) by the linear page where code was translated, and
 * marks every executable page for good. Here the mark follows the physical page: an entry has it exactly while
 * some CPU has translated code from the page, through whatever mapping. */
#include "emulator/code_pages.h"
#include <stdlib.h>
#include <string.h>
#include "emulator/emulator.h"
#include "emulator/interpose.h"
#include "emulator/tlb.h"
#include "guest/error.h"

#define PAGE_BITS 12

static bool get_bit(const uint8_t *bits, uint64_t page) { return bits[page / 8] >> page % 8 & 1; }

static bool holds_code(const vpc *m, uint64_t page)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        if (get_bit(m->cpu[i].code_pages, page))
            return true;
    return false;
}

typedef struct { uint64_t address; bool slow; } page_mark;

static void set_mark(uint8_t *entry, void *data)
{
    const page_mark *mark = data;
    uint64_t *write = &ENV_U64(entry, TLB_WRITE);
    if (ENV_U64(entry, TLB_PHYSICAL) != mark->address || *write == UINT64_MAX || *write & TLB_MMIO)
        return;
    *write = mark->slow ? *write | TLB_NOTDIRTY : *write & ~(uint64_t)TLB_NOTDIRTY;
}

/* Every entry of every CPU that maps the page. */
static void mark_entries(vpc *m, uint64_t page, bool slow)
{
    page_mark mark = {page << PAGE_BITS, slow};
    for (uint32_t i = 0; i < m->ncpus && get_bit(m->emulator->stored_pages, page); i++)
        vpc_tlb_each(&m->cpu[i], set_mark, &mark);
}

void vpc_settle_entry(vpc_cpu *cpu, uint8_t *entry)
{
    uint64_t write = ENV_U64(entry, TLB_WRITE), page = ENV_U64(entry, TLB_PHYSICAL) >> PAGE_BITS;
    vpc *m = cpu->machine;
    if (write == UINT64_MAX || write & TLB_MMIO || page >= m->ram_bytes >> PAGE_BITS)
        return;
    m->emulator->stored_pages[page / 8] |= (uint8_t)(1u << page % 8);
    if (!holds_code(m, page))
        ENV_U64(entry, TLB_WRITE) = write & ~(uint64_t)TLB_NOTDIRTY;
}

/* --- what Unicorn calls ------------------------------------------------------------------------------------------ */

/* The first block of a page has been translated. */
void vpc_protect_code(void *uc, uint64_t address)
{
    vpc_cpu *cpu = vpc_cpu_of_engine(uc);
    uint64_t page = address >> PAGE_BITS;
    if (!cpu || address >= cpu->machine->ram_bytes)
        return;
    bool known = holds_code(cpu->machine, page);
    cpu->code_pages[page / 8] |= (uint8_t)(1u << page % 8);
    if (!known)
        mark_entries(cpu->machine, page, true);
}

/* The last block of a page is gone. */
void vpc_unprotect_code(void *uc, uint64_t address)
{
    vpc_cpu *cpu = vpc_cpu_of_engine(uc);
    uint64_t page = address >> PAGE_BITS;
    if (!cpu || address >= cpu->machine->ram_bytes || !get_bit(cpu->code_pages, page))
        return;
    cpu->code_pages[page / 8] &= (uint8_t)~(1u << page % 8);
    if (!holds_code(cpu->machine, page))
        mark_entries(cpu->machine, page, false);
}

/* A store to a page with the mark. May not return: when the block that stores is among those that are dropped, it
 * is left; so the other CPUs come first. */
void vpc_invalidate_store(void *uc, void *pages, uint64_t address, int bytes, uintptr_t host_pc)
{
    const vpc_cpu *cpu = vpc_cpu_of_engine(uc);
    for (uint32_t i = 0; cpu && i < cpu->machine->ncpus; i++)
        if (&cpu->machine->cpu[i] != cpu && get_bit(cpu->machine->cpu[i].code_pages, address >> PAGE_BITS))
            cpu->machine->emulator->uc.invalidate_physical(cpu->machine->cpu[i].uc, address, address + (uint64_t)bytes);
    vpc_replaced.invalidate_store(uc, pages, address, bytes, host_pc);
}

/* The two ways in which Unicorn moves the mark by linear page. */
void vpc_set_dirty(void *state, uint64_t linear)
{
    if (!vpc_cpu_of_state(state))
        vpc_replaced.set_dirty(state, linear);
}

void vpc_reset_dirty(void *state, uint64_t linear, uint64_t bytes)
{
    if (!vpc_cpu_of_state(state))
        vpc_replaced.reset_dirty(state, linear, bytes);
}

/* The region that holds a physical address; all of RAM is one. */
static void *find_region(void *uc, uint64_t address)
{
    const vpc_cpu *cpu = vpc_cpu_of_engine(uc);
    return address < cpu->machine->ram_bytes ? cpu->ram_region : cpu->find_region(uc, address);
}

/* --- opening and closing ----------------------------------------------------------------------------------------- */

int vpc_code_pages_open(vpc_cpu *cpu, vpc_error *error)
{
    uint64_t bytes = (cpu->machine->ram_bytes >> PAGE_BITS) / 8 + 1;
    vpc_emulator *emulator = cpu->machine->emulator;
    cpu->code_pages = calloc(bytes, 1);
    if (!emulator->stored_pages)
        emulator->stored_pages = calloc(bytes, 1);
    if (!cpu->code_pages || !emulator->stored_pages)
        return vpc_out_of_memory(error);
    memcpy(&cpu->find_region, (uint8_t *)cpu->uc + UC_MEMORY_MAPPING, sizeof cpu->find_region);
    cpu->ram_region = cpu->find_region(cpu->uc, 0);
    void *replacement = (void *)find_region;
    memcpy((uint8_t *)cpu->uc + UC_MEMORY_MAPPING, &replacement, sizeof replacement);
    return 0;
}

void vpc_code_pages_close(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        free(m->cpu[i].code_pages);
        m->cpu[i].code_pages = NULL;
    }
    free(m->emulator->stored_pages);
    m->emulator->stored_pages = NULL;
}
