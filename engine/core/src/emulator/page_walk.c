/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling the TLB of a CPU in long mode from page tables in RAM (Intel SDM volume 3, 4.5 and 4.6), or without paging.
 *
 * Whatever is not the common case is left to Unicorn's own walk, with nothing changed: faults, other modes of paging,
 * protection keys, page tables or pages outside of RAM, reserved bits. */
#include "emulator/page_walk.h"
#include <string.h>
#include "emulator/code_pages.h"
#include "emulator/emulator.h"
#include "emulator/tlb.h"
#include "guest/registers.h"

#define PAGE 0x1000ull
#define LEVELS 4
#define MODE_USER 1            /* Unicorn's numbers of rights: supervisor under SMAP is 0, without 2 */
#define MODE_SMAP 0

#define PTE_PRESENT 1ull
#define PTE_WRITE 2ull
#define PTE_USER 4ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_ADDRESS 0x000ffffffffff000ull
#define PTE_PAT_LARGE 0x1000ull
#define PTE_SOFTWARE (0x7ffull << 52)
#define PTE_NO_EXECUTE (1ull << 63)

enum { READ = 1, WRITE = 2, EXECUTE = 4 };

/* A translation: the last entry, where it lies, the size of its page, and the rights of all levels together. */
typedef struct { uint64_t entry, at, bytes, rights; } translation;

static bool is_plain(const vpc_cpu *cpu)
{
    return !(ENV_U32(cpu->env, ENV_HFLAGS) & (HF_SMM | HF_GUEST)) && ENV_I32(cpu->env, ENV_A20_MASK) == -1;
}

static bool has_four_levels(const vpc_cpu *cpu)
{
    return ENV_U32(cpu->env, ENV_HFLAGS) & HF_LMA && !(ENV_U64(cpu->env, ENV_CR4) & (CR4_LA57 | CR4_PKE));
}

static bool walk(const vpc *m, uint64_t cr3, uint64_t address, translation *t)
{
    uint64_t table = cr3 & PTE_ADDRESS;
    t->rights = PTE_WRITE | PTE_USER;
    for (int level = LEVELS; level > 0; level--) {
        int shift = 12 + 9 * (level - 1);
        t->at = table + (address >> shift & 0x1ff) * 8;
        if (t->at >= m->ram_bytes)
            return false;
        memcpy(&t->entry, m->ram + t->at, 8);
        if (!(t->entry & PTE_PRESENT) || t->entry & PTE_SOFTWARE)
            return false;
        t->rights = (t->rights & t->entry & (PTE_WRITE | PTE_USER)) | ((t->rights | t->entry) & PTE_NO_EXECUTE);
        t->bytes = 1ull << shift;
        if (level == 1 || t->entry & PTE_LARGE)
            return level < LEVELS && !(t->entry & PTE_ADDRESS & (t->bytes - 1) & ~(level == 1 ? 0 : PTE_PAT_LARGE));
        if (!(t->entry & PTE_ACCESSED))
            return false;
        table = t->entry & PTE_ADDRESS;
    }
    return false;
}

/* What the mode may do with the page. */
static int permitted(const vpc_cpu *cpu, const translation *t, int mmu)
{
    const uint8_t *env = cpu->env;
    bool user_page = t->rights & PTE_USER;
    int may = 0;
    if (mmu == MODE_USER && !user_page)
        return 0;
    if (mmu != MODE_SMAP || !user_page) {
        may |= READ;
        if (t->rights & PTE_WRITE || (mmu != MODE_USER && !(ENV_U64(env, ENV_CR0) & CR0_WP)))
            may |= WRITE;
    }
    if (!(t->rights & PTE_NO_EXECUTE) && (mmu == MODE_USER || !(user_page && ENV_U64(env, ENV_CR4) & CR4_SMEP)))
        may |= EXECUTE;
    return may;
}

/* The processor sets these two bits itself. Returns false when a store has yet to make the page dirty. */
static bool set_accessed(vpc *m, const translation *t, bool store)
{
    uint64_t entry = t->entry | PTE_ACCESSED | (store ? PTE_DIRTY : 0);
    if (entry != t->entry)
        memcpy(m->ram + t->at, &entry, 8);
    return entry & PTE_DIRTY;
}

static void put(vpc_cpu *cpu, int mmu, uint64_t page, uint64_t physical, int may)
{
    vpc_tlb_evict(cpu, mmu, page);
    uint8_t *entry = vpc_tlb_entry(cpu, mmu, page), *desc = cpu->env + ENV_TLB_DESC + TLB_DESC_BYTES * mmu;
    uint64_t index = (uint64_t)(entry - (uint8_t *)ENV_U64(cpu->env, ENV_TLB + 16 * mmu + 8)) >> TLB_ENTRY_BITS;
    uint8_t *io = (uint8_t *)ENV_U64(desc, TLB_DESC_IO) + TLB_IO_BYTES * index;
    ENV_U64(entry, TLB_READ) = may & READ ? page : UINT64_MAX;
    ENV_U64(entry, TLB_WRITE) = may & WRITE ? page | TLB_NOTDIRTY : UINT64_MAX;
    ENV_U64(entry, TLB_CODE) = may & EXECUTE ? page : UINT64_MAX;
    ENV_U64(entry, TLB_PHYSICAL) = physical;
    ENV_U64(entry, TLB_ADDEND) = (uint64_t)cpu->machine->ram + physical - page;
    ENV_U64(io, 0) = physical - page;
    ENV_U32(io, 8) = 0;   /* attributes of the access: none */
}

bool vpc_fill_from_tables(vpc_cpu *cpu, uint64_t address, int access, int mmu)
{
    vpc *m = cpu->machine;
    translation t;
    int64_t top = (int64_t)address >> 47;
    if (!is_plain(cpu))
        return false;
    if (!(ENV_U64(cpu->env, ENV_CR0) & CR0_PG)) {   /* linear addresses are physical */
        if (address >= m->ram_bytes)
            return false;
        put(cpu, mmu, address & ~(PAGE - 1), address & ~(PAGE - 1), READ | WRITE | EXECUTE);
        vpc_tlb_filled(cpu, mmu, address, PAGE, false);
        return true;
    }
    if ((top && top != -1) || !has_four_levels(cpu) || !walk(m, ENV_U64(cpu->env, ENV_CR3), address, &t))
        return false;
    if (t.rights & PTE_NO_EXECUTE && !(ENV_U64(cpu->env, ENV_EFER) & EFER_NXE))
        return false;
    uint64_t physical = ((t.entry & PTE_ADDRESS & ~(t.bytes - 1)) | (address & (t.bytes - 1))) & ~(PAGE - 1);
    int may = permitted(cpu, &t, mmu);
    if (physical >= m->ram_bytes || !(may >> access & 1))
        return false;
    if (!set_accessed(m, &t, access == ACCESS_STORE))
        may &= ~WRITE;
    put(cpu, mmu, address & ~(PAGE - 1), physical, may);
    vpc_tlb_filled(cpu, mmu, address, t.bytes, t.entry & PTE_GLOBAL);
    return true;
}
