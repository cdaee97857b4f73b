/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest memory by the core's own page walker (Intel SDM vol. 3, chapter 4). Walking reads page tables and nothing
 * else: no accessed bits, no CR2, so a probe never changes its guest. */
#include <string.h>
#include "guest/memory.h"
#include "guest/registers.h"

#define PRESENT 1u
#define LARGE 0x80u
#define NO_EXECUTE (1ull << 63)
#define ADDRESS_BITS 0x000FFFFFFFFFF000u

bool vpc_ram_u64(const vpc *m, uint64_t address, uint64_t *out)
{
    if (address > m->ram_bytes || m->ram_bytes - address < 8)
        return false;
    memcpy(out, m->ram + address, 8);
    return true;
}

static bool ram_u32(const vpc *m, uint64_t address, uint32_t *out)
{
    if (address > m->ram_bytes || m->ram_bytes - address < 4)
        return false;
    memcpy(out, m->ram + address, 4);
    return true;
}

static bool walk_32(const vpc *m, uint64_t cr3, bool pse, uint32_t address, uint64_t *physical)
{
    uint32_t directory, table;
    if (!ram_u32(m, (cr3 & 0xFFFFF000u) + (address >> 22) * 4, &directory) || !(directory & PRESENT))
        return false;
    if (pse && (directory & LARGE)) {
        uint64_t high = (uint64_t)(directory >> 13 & 0xFF) << 32;
        *physical = high | (directory & 0xFFC00000u) | (address & 0x3FFFFFu);
        return true;
    }
    if (!ram_u32(m, (directory & 0xFFFFF000u) + (address >> 12 & 0x3FF) * 4, &table) || !(table & PRESENT))
        return false;
    *physical = (table & 0xFFFFF000u) | (address & 0xFFFu);
    return true;
}

/* PAE and long mode: levels of 512 entries of 8 bytes, from `level` (4, 3 or 2) down to 1. */
static bool find_leaf(const vpc *m, uint64_t table, int level, uint64_t address, uint64_t *entry, uint64_t *offset)
{
    for (; level > 0; level--) {
        int shift = 12 + 9 * (level - 1);
        *offset = (1ull << shift) - 1;
        if (!vpc_ram_u64(m, table + (address >> shift & 0x1FF) * 8, entry) || !(*entry & PRESENT))
            return false;
        if (level == 1 || ((*entry & LARGE) && level < 4))
            return true;
        table = *entry & ADDRESS_BITS;
    }
    return false;
}

static bool walk_levels(const vpc *m, uint64_t table, int level, uint64_t address, uint64_t *physical)
{
    uint64_t entry, offset;
    if (!find_leaf(m, table, level, address, &entry, &offset))
        return false;
    *physical = (entry & ADDRESS_BITS & ~offset) | (address & offset);
    return true;
}

bool vpc_walk(const vpc *m, const vpc_cpu *cpu, uint64_t address, uint64_t *physical)
{
    const uint8_t *env = cpu->env;
    uint64_t cr0 = ENV_U64(env, ENV_CR0), cr3 = ENV_U64(env, ENV_CR3), cr4 = ENV_U64(env, ENV_CR4);
    bool lma = ENV_U64(env, ENV_EFER) & EFER_LMA;
    if (!lma)
        address &= 0xFFFFFFFFu;
    if (!(cr0 & CR0_PG)) {
        *physical = address;
        return true;
    }
    if (lma) {
        int64_t top = (int64_t)address >> 47;
        if (top != 0 && top != -1)
            return false;
        return walk_levels(m, cr3 & ADDRESS_BITS, 4, address, physical) ||
               (top && m->kernel_tables && walk_levels(m, m->kernel_tables, 4, address, physical));
    }
    if (!(cr4 & CR4_PAE))
        return walk_32(m, cr3, cr4 & CR4_PSE, (uint32_t)address, physical);
    uint64_t pointer;  /* PAE: four pointers in a 32-byte table, then two levels */
    if (!vpc_ram_u64(m, (cr3 & 0xFFFFFFE0u) + (address >> 30) * 8, &pointer) || !(pointer & PRESENT))
        return false;
    return walk_levels(m, pointer & ADDRESS_BITS, 2, address, physical);
}

/* The entry of the page alone counts: with page-table isolation the kernel's tables deny execution of all user pages at
 * their top level. */
bool vpc_holds_data(const vpc *m, const vpc_cpu *cpu, uint64_t address)
{
    uint64_t efer = ENV_U64(cpu->env, ENV_EFER), entry, offset;
    uint64_t tables[] = {ENV_U64(cpu->env, ENV_CR3) & ADDRESS_BITS, m->kernel_tables};
    if (!(efer & EFER_LMA) || !(efer & EFER_NXE))
        return false;
    for (int i = 0; i < 2; i++)
        if (tables[i] && find_leaf(m, tables[i], 4, address, &entry, &offset))
            return entry & NO_EXECUTE;
    return false;
}

uint64_t vpc_linear_copy(const vpc *m, const vpc_cpu *cpu, uint64_t address, uint8_t *out, uint64_t bytes)
{
    uint64_t done = 0;
    while (done < bytes) {
        uint64_t at = address + done, physical, part = 0x1000 - (at & 0xFFF);
        if (part > bytes - done)
            part = bytes - done;
        if (!vpc_walk(m, cpu, at, &physical) || physical > m->ram_bytes || m->ram_bytes - physical < part)
            break;
        memcpy(out + done, m->ram + physical, part);
        done += part;
    }
    return done;
}

uint64_t vpc_read_linear(vpc *m, uint32_t cpu, uint64_t address, uint8_t *out, uint64_t bytes)
{
    return cpu < m->ncpus ? vpc_linear_copy(m, &m->cpu[cpu], address, out, bytes) : 0;
}

uint64_t vpc_read_physical(vpc *m, uint64_t address, uint8_t *out, uint64_t bytes)
{
    if (address >= m->ram_bytes)
        return 0;
    uint64_t n = m->ram_bytes - address < bytes ? m->ram_bytes - address : bytes;
    memcpy(out, m->ram + address, n);
    return n;
}

void vpc_set_kernel_tables(vpc *m, uint64_t physical)
{
    m->kernel_tables = physical;
}

uint64_t vpc_translate(vpc *m, uint32_t cpu, uint64_t address)
{
    uint64_t physical;
    return cpu < m->ncpus && vpc_walk(m, &m->cpu[cpu], address, &physical) ? physical : UINT64_MAX;
}
