/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The software TLB of a CPU.
 *
 * Unicorn empties all of its tables at each flush, resizes them by the host's clock and drops global pages with the
 * rest. Here the tables have one size; the entries in use are listed, so that emptying costs what filling did; and a
 * write to CR3 leaves the pages that the guest has marked as global (Intel SDM volume 3, 4.10.4.1). */
#include "emulator/tlb.h"
#include <string.h>
#include "emulator/block_lookup.h"
#include "emulator/emulator.h"
#include "emulator/huge.h"
#include "emulator/interpose.h"
#include "emulator/page_walk.h"
#include "guest/error.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define PAGE_BITS 12
#define PAGE (1ull << PAGE_BITS)
#define ENTRY_BYTES (1u << TLB_ENTRY_BITS)
#define ENTRIES 8192u          /* of each mode */
#define LISTED 2048u           /* more entries in use than this are emptied with the whole table */
#define ALL_MODES ((1u << TLB_MODES) - 1)
#define LARGE_BITS 21          /* 2 MiB */
#define LARGE_SLOTS 4096u
#define HUGE_BITS 30
#define CR3_NO_FLUSH (1ull << 63)

typedef struct { uint8_t entry[ENTRIES][ENTRY_BYTES], io[ENTRIES][TLB_IO_BYTES]; } mode_tables;

struct vpc_tlb {
    mode_tables mode[TLB_MODES];
    struct { uint64_t mask; void *table, *io; } original[TLB_MODES];   /* of Unicorn, which frees them */
    uint16_t used[TLB_MODES][LISTED];
    uint32_t nused[TLB_MODES];             /* LISTED + 1: more than the list holds */
    uint8_t large[LARGE_SLOTS / 8];        /* a bit for each 2 MiB, by hash, of which a larger page has been cached */
    bool huge;                             /* a page of 1 GiB has been cached */
};

static uint8_t *table_of(const vpc_cpu *cpu, int mmu) { return (uint8_t *)ENV_U64(cpu->env, ENV_TLB + 16 * mmu + 8); }
static uint64_t mask_of(const vpc_cpu *cpu, int mmu) { return ENV_U64(cpu->env, ENV_TLB + 16 * mmu); }
static uint8_t *desc_of(const vpc_cpu *cpu, int mmu) { return cpu->env + ENV_TLB_DESC + TLB_DESC_BYTES * mmu; }

uint8_t *vpc_tlb_entry(const vpc_cpu *cpu, int mmu, uint64_t address)
{
    return table_of(cpu, mmu) + ((address >> PAGE_BITS << TLB_ENTRY_BITS) & mask_of(cpu, mmu));
}

static bool is_empty(const uint8_t *entry)
{
    return (ENV_U64(entry, TLB_READ) & ENV_U64(entry, TLB_WRITE) & ENV_U64(entry, TLB_CODE)) == UINT64_MAX;
}

static void empty(uint8_t *entry) { memset(entry, 0xff, ENTRY_BYTES); }

/* What is not there is all ones, which looks like an address of the last page. */
bool vpc_tlb_holds(const uint8_t *entry, int field, uint64_t address)
{
    uint64_t value = ENV_U64(entry, field);
    return value != UINT64_MAX && (value & ~(PAGE - 1)) == (address & ~(PAGE - 1));
}

static bool maps(const uint8_t *entry, uint64_t page)
{
    return vpc_tlb_holds(entry, TLB_READ, page) || vpc_tlb_holds(entry, TLB_WRITE, page) ||
           vpc_tlb_holds(entry, TLB_CODE, page);
}

int vpc_tlb_mode(const vpc_cpu *cpu)
{
    uint32_t hflags = ENV_U32(cpu->env, ENV_HFLAGS);
    if ((hflags & HF_CPL) == 3)
        return 1;
    return hflags & HF_SMAP && !(ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_AC) ? 0 : 2;
}

/* --- filling ----------------------------------------------------------------------------------------------------- */

void vpc_tlb_filled(vpc_cpu *cpu, int mmu, uint64_t address, uint64_t large, bool global)
{
    struct vpc_tlb *t = cpu->tlb;
    uint8_t *entry = vpc_tlb_entry(cpu, mmu, address);
    ENV_U64(entry, TLB_GLOBAL) = global;
    uint32_t *n = &t->nused[mmu];
    if (*n < LISTED)
        t->used[mmu][(*n)++] = (uint16_t)((entry - table_of(cpu, mmu)) >> TLB_ENTRY_BITS);
    else
        *n = LISTED + 1;
    if (large > PAGE) {
        uint32_t slot = address >> LARGE_BITS & (LARGE_SLOTS - 1);
        t->large[slot / 8] |= (uint8_t)(1u << slot % 8);
        t->huge |= large >> HUGE_BITS != 0;
    }
}

void vpc_tlb_evict(vpc_cpu *cpu, int mmu, uint64_t address)
{
    uint8_t *entry = vpc_tlb_entry(cpu, mmu, address), *desc = desc_of(cpu, mmu);
    if (is_empty(entry) || maps(entry, address & ~(PAGE - 1)))
        return;
    uint64_t victim = ENV_U64(desc, TLB_DESC_NEXT_VICTIM)++ % TLB_VICTIMS;
    uint64_t index = (uint64_t)(entry - table_of(cpu, mmu)) >> TLB_ENTRY_BITS;
    memcpy(desc + TLB_DESC_VICTIMS + ENTRY_BYTES * victim, entry, ENTRY_BYTES);
    memcpy(desc + TLB_DESC_VICTIM_IO + TLB_IO_BYTES * victim,
           (uint8_t *)ENV_U64(desc, TLB_DESC_IO) + TLB_IO_BYTES * index, TLB_IO_BYTES);
}

static void ask_page(vpc_cpu *cpu, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc)
{
    cpu->only_asks = true;
    cpu->machine->emulator->uc.probe_access(cpu->env, address, (int)bytes, access, vpc_tlb_mode(cpu), host_pc);
    cpu->only_asks = false;
}

void vpc_tlb_ask(vpc_cpu *cpu, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc)
{
    uint64_t first = PAGE - address % PAGE;
    ask_page(cpu, address, first < bytes ? first : bytes, access, host_pc);
    if (first < bytes)
        ask_page(cpu, address + first, bytes - first, access, host_pc);
}

void vpc_tlb_copy(const vpc_cpu *cpu, uint64_t address, void *out, uint64_t bytes)
{
    const uint8_t *entry = vpc_tlb_entry(cpu, vpc_tlb_mode(cpu), address);
    if (address % PAGE <= PAGE - bytes && ENV_U64(entry, TLB_READ) == address - address % PAGE)
        memcpy(out, (const void *)(ENV_U64(entry, TLB_ADDEND) + address), bytes);   /* it may be odd */
    else
        vpc_linear_copy(cpu->machine, cpu, address, out, bytes);
}

void vpc_tlb_each(vpc_cpu *cpu, void (*visit)(uint8_t *entry, void *data), void *data)
{
    const struct vpc_tlb *t = cpu->tlb;
    for (int mmu = 0; mmu < TLB_MODES; mmu++) {
        uint8_t *table = table_of(cpu, mmu), *victims = desc_of(cpu, mmu) + TLB_DESC_VICTIMS;
        bool all = t->nused[mmu] > LISTED;
        for (uint32_t i = 0; i < (all ? ENTRIES : t->nused[mmu]); i++)
            visit(table + ((uint64_t)(all ? i : t->used[mmu][i]) << TLB_ENTRY_BITS), data);
        for (int k = 0; k < TLB_VICTIMS; k++)
            visit(victims + (k << TLB_ENTRY_BITS), data);
    }
}

/* --- emptying ---------------------------------------------------------------------------------------------------- */

static void flush_mode(vpc_cpu *cpu, int mmu, bool keep_global)
{
    struct vpc_tlb *t = cpu->tlb;
    uint8_t *table = table_of(cpu, mmu), *desc = desc_of(cpu, mmu);
    uint32_t kept = 0;
    if (t->nused[mmu] > LISTED) {
        memset(table, 0xff, mask_of(cpu, mmu) + ENTRY_BYTES);
    } else {
        for (uint32_t i = 0; i < t->nused[mmu]; i++) {
            uint8_t *entry = table + ((uint64_t)t->used[mmu][i] << TLB_ENTRY_BITS);
            if (keep_global && ENV_U64(entry, TLB_GLOBAL) == 1)
                t->used[mmu][kept++] = t->used[mmu][i];
            else
                empty(entry);
        }
    }
    t->nused[mmu] = kept;
    memset(desc + TLB_DESC_VICTIMS, 0xff, ENTRY_BYTES * TLB_VICTIMS);
    ENV_U64(desc, TLB_DESC_LARGE_ADDRESS) = ENV_U64(desc, TLB_DESC_LARGE_MASK) = UINT64_MAX;
}

static void flush(vpc_cpu *cpu, uint16_t modes, bool keep_global)
{
    for (int mmu = 0; mmu < TLB_MODES; mmu++)
        if (modes >> mmu & 1)
            flush_mode(cpu, mmu, keep_global);
    if ((modes & ALL_MODES) == ALL_MODES && !keep_global) {
        memset(cpu->tlb->large, 0, sizeof cpu->tlb->large);
        cpu->tlb->huge = false;
    }
    vpc_forget_lookups(cpu, keep_global);
}

void vpc_tlb_drop_victims(vpc_cpu *cpu, int mmu, uint64_t address)
{
    uint8_t *victims = desc_of(cpu, mmu) + TLB_DESC_VICTIMS;
    for (int k = 0; k < TLB_VICTIMS; k++)
        if (maps(victims + (k << TLB_ENTRY_BITS), address & ~(PAGE - 1)))
            empty(victims + (k << TLB_ENTRY_BITS));
}

static void drop_page(vpc_cpu *cpu, int mmu, uint64_t page)
{
    uint8_t *entry = vpc_tlb_entry(cpu, mmu, page);
    if (maps(entry, page))
        empty(entry);
    vpc_tlb_drop_victims(cpu, mmu, page);
}

/* A page, or the larger page around it, of which each 4 KiB have an entry of their own. */
static void flush_page(vpc_cpu *cpu, uint64_t page, uint16_t modes)
{
    const struct vpc_tlb *t = cpu->tlb;
    uint32_t slot = page >> LARGE_BITS & (LARGE_SLOTS - 1);
    bool large = t->large[slot / 8] >> slot % 8 & 1;
    for (int mmu = 0; mmu < TLB_MODES && !t->huge; mmu++) {
        const uint8_t *desc = desc_of(cpu, mmu);
        if (!(modes >> mmu & 1))
            continue;
        if ((page & ENV_U64(desc, TLB_DESC_LARGE_MASK)) == ENV_U64(desc, TLB_DESC_LARGE_ADDRESS))
            flush_mode(cpu, mmu, false);   /* of Unicorn's own walk */
        uint64_t first = large ? page & ~((1ull << LARGE_BITS) - 1) : page;
        for (uint64_t at = 0; at < (large ? 1u << LARGE_BITS : PAGE); at += PAGE)
            drop_page(cpu, mmu, first + at);
    }
    if (t->huge)
        flush(cpu, modes, false);
    else if (large)
        vpc_forget_lookups(cpu, false);
    else
        vpc_forget_lookups_of_page(cpu, page);
}

void vpc_tlb_flush(void *state, uint16_t modes)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (cpu)
        flush(cpu, modes, false);
    else
        vpc_replaced.tlb_flush(state, modes);
}

void vpc_tlb_flush_page(void *state, uint64_t address, uint16_t modes)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (cpu)
        flush_page(cpu, address & ~(PAGE - 1), modes);
    else
        vpc_replaced.tlb_flush_page(state, address, modes);
}

void vpc_write_cr3(void *env, uint64_t value)
{
    vpc_cpu *cpu = vpc_cpu_of_env(env);
    if (!cpu) {
        vpc_replaced.write_cr3(env, value);
        return;
    }
    ENV_U64(cpu->env, ENV_CR3) = value & ~CR3_NO_FLUSH;   /* with PCIDs too, what is kept may be dropped */
    bool keeps = ENV_U64(cpu->env, ENV_CR4) & CR4_PGE && !(ENV_U32(cpu->env, ENV_HFLAGS) & (HF_SMM | HF_GUEST));
    if (ENV_U64(cpu->env, ENV_CR0) & CR0_PG)
        flush(cpu, ALL_MODES, keeps);
}

/* --- opening and closing ----------------------------------------------------------------------------------------- */

static void exchange(vpc_cpu *cpu, int mmu, uint64_t mask, void *table, void *io)
{
    uint8_t *fast = cpu->env + ENV_TLB + 16 * mmu;
    ENV_U64(fast, 0) = mask;
    ENV_U64(fast, 8) = (uint64_t)table;
    ENV_U64(desc_of(cpu, mmu), TLB_DESC_IO) = (uint64_t)io;
}

/* Does an entry that Unicorn fills look as page_walk.c would fill it? */
static bool knows_entries(vpc_cpu *cpu, int mmu)
{
    static const uint64_t linear = 5 * PAGE, physical = 2 * PAGE;
    const uint8_t *entry = vpc_tlb_entry(cpu, mmu, linear);
    const uint8_t *io = (uint8_t *)ENV_U64(desc_of(cpu, mmu), TLB_DESC_IO) + TLB_IO_BYTES * (linear / PAGE);
    if (mask_of(cpu, mmu) != (UC_TLB_ENTRIES - 1) << TLB_ENTRY_BITS || !is_empty(entry) ||
        cpu->machine->ram_bytes <= physical)
        return false;
    cpu->machine->emulator->uc.tlb_set_page(cpu->state, linear, physical, UC_PROT_ALL, mmu, PAGE);
    return ENV_U64(entry, TLB_READ) == linear && ENV_U64(entry, TLB_WRITE) == (linear | TLB_NOTDIRTY) &&
           ENV_U64(entry, TLB_CODE) == linear && ENV_U64(entry, TLB_PHYSICAL) == physical &&
           ENV_U64(entry, TLB_ADDEND) == (uint64_t)cpu->machine->ram + physical - linear &&
           ENV_U64(io, 0) == physical - linear;
}

/* Before Unicorn has cached anything. */
int vpc_tlb_open(vpc_cpu *cpu, vpc_error *error)
{
    struct vpc_tlb *t = cpu->tlb = vpc_huge_new(sizeof *t);
    if (!t)
        return vpc_out_of_memory(error);
    for (int mmu = 0; mmu < TLB_MODES; mmu++) {
        if (!knows_entries(cpu, mmu))
            return vpc_fail(error, "the layout of Unicorn's TLB is unknown; this needs Unicorn " UC_VERSION_SUPPORTED);
        t->original[mmu].mask = mask_of(cpu, mmu);
        t->original[mmu].table = table_of(cpu, mmu);
        t->original[mmu].io = (void *)ENV_U64(desc_of(cpu, mmu), TLB_DESC_IO);
        memset(t->mode[mmu].entry, 0xff, sizeof t->mode[mmu].entry);
        exchange(cpu, mmu, (ENTRIES - 1) << TLB_ENTRY_BITS, t->mode[mmu].entry, t->mode[mmu].io);
    }
    return 0;
}

void vpc_tlb_close(vpc_cpu *cpu)
{
    for (int mmu = 0; cpu->tlb && cpu->env && mmu < TLB_MODES; mmu++)
        if (cpu->tlb->original[mmu].table)
            exchange(cpu, mmu, cpu->tlb->original[mmu].mask, cpu->tlb->original[mmu].table,
                     cpu->tlb->original[mmu].io);
    vpc_huge_free(cpu->tlb, sizeof *cpu->tlb);
    cpu->tlb = NULL;
}
