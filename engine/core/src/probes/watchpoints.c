/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data probes: loads and stores that touch a guest linear address.
 *
 * QEMU translates addresses through a software TLB and asks the CPU's tlb_fill about a page that is not there. A
 * function of the core replaces tlb_fill; while a data probe is attached it marks the entries of watched pages so that
 * every access to them asks again, with its exact linear address and size. Other pages run at full speed, a page that
 * is mapped anew or in another address space is asked about anyway, and no page is walked that would not have been: as
 * long as the marked entry stands, it is used as if it were a hit.
 *
 * QEMU does an access across two pages in pieces, and a misaligned one to a page that needs care (device memory, stores
 * to a page that may hold code): a load as two aligned loads of its size, a store byte by byte after a look at its last
 * page. The probe fires once, when all pages are known to be there, and the pieces are passed over. */
#include "probes/watchpoints.h"
#include "cpu/debug.h"
#include "emulator/code_pages.h"
#include "emulator/emulator.h"
#include "emulator/interpose.h"
#include "emulator/page_walk.h"
#include "emulator/tlb.h"
#include "emulator/watched_pages.h"
#include "vp/fire.h"

#define PAGE 0x1000ull

static void fire_watches(vpc_cpu *cpu, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc)
{
    vpc *m = cpu->machine;
    const vpc_watches *w = &m->emulator->watches;
    uint32_t point = access == ACCESS_STORE ? VPC_PT_GUEST_WRITE : VPC_PT_GUEST_READ;
    bool restored = false;
    vpc_debug_access(cpu, address, bytes, access == ACCESS_STORE, host_pc);   /* may not return */
    for (uint32_t i = 0; i < w->n; i++) {
        vpc_attachment *attachment = w->attached[i];
        if (attachment->point != point || attachment->where - address >= bytes)
            continue;
        if (!restored && host_pc)
            m->emulator->uc.restore_state(cpu->state, host_pc, false);
        restored = true;
        vpc_fire_attached(m, attachment, cpu, NULL, 0);
    }
}

/* Is this a piece of the access that is under way? */
static bool is_piece(vpc_cpu *cpu, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc)
{
    vpc_split *s = &cpu->run.split;
    if (!s->bytes || s->host_pc != host_pc || s->access != access)
        return false;
    if (s->stores_left) {   /* the store itself, after its last page */
        if (bytes != 1 || address - s->address >= s->bytes)
            return false;
        if (!--s->stores_left)
            s->bytes = 0;
        return true;
    }
    uint64_t aligned = s->address & ~(s->bytes - 1), end = s->address + s->bytes;
    uint64_t last = access == ACCESS_STORE ? end & ~(PAGE - 1) : aligned + s->bytes;
    if (address != last)
        return access == ACCESS_LOAD && address == aligned && bytes == s->bytes;
    if (!s->fired)
        fire_watches(cpu, s->address, s->bytes, access, host_pc);
    s->fired = true;
    if (access == ACCESS_STORE)
        s->stores_left = (uint32_t)s->bytes;
    else
        s->bytes = 0;
    return true;
}

/* flags: of the TLB entry, which make QEMU split a misaligned access. */
static void on_access(vpc_cpu *cpu, uint64_t address, uint64_t bytes, int access, uintptr_t host_pc, uint64_t flags)
{
    vpc_split *s = &cpu->run.split;
    if (is_piece(cpu, address, bytes, access, host_pc))
        return;
    bool crosses = address % PAGE + bytes > PAGE, splits = crosses || (flags && address & (bytes - 1));
    s->bytes = splits ? bytes : 0;
    s->address = address;
    s->access = access;
    s->host_pc = host_pc;
    s->fired = !crosses;
    s->stores_left = 0;
    if (!crosses)
        fire_watches(cpu, address, bytes, access, host_pc);
}

static bool on_tlb_fill(void *state, uint64_t address, int bytes, int access, int mmu, bool probe, uintptr_t host_pc)
{
    static const int fields[] = {[ACCESS_LOAD] = TLB_READ, [ACCESS_STORE] = TLB_WRITE, [ACCESS_FETCH] = TLB_CODE};
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    bool only_asks = probe || cpu->only_asks;
    cpu->only_asks = false;   /* this may not return */
    bool watched = vpc_is_watched(cpu, address);
    uint8_t *entry = vpc_tlb_entry(cpu, mmu, address);
    bool known = watched && access != ACCESS_FETCH && vpc_tlb_holds(entry, fields[access], address);
    if (!known && !vpc_fill_from_tables(cpu, address, access, mmu)) {
        if (!cpu->machine->emulator->uc.tlb_fill(state, address, bytes, access, mmu, probe, host_pc))
            return false;
        vpc_tlb_filled(cpu, mmu, address, 0, false);
    }
    vpc_settle_entry(cpu, entry);
    if (!watched)
        return true;
    vpc_mark_entry(entry, address);
    if (access != ACCESS_FETCH && !only_asks && bytes)
        on_access(cpu, address, (uint64_t)bytes, access, host_pc,
                  ENV_U64(entry, fields[access]) & (PAGE - 1) & ~(uint64_t)TLB_INVALID);
    return true;
}

void vpc_install_tlb_fill(vpc_cpu *cpu)
{
    *(void **)(*(uint8_t **)(cpu->state + CPU_CC) + CC_TLB_FILL) = (void *)on_tlb_fill;
}

/* The pages that can hold a byte of an access to an address. */
static void mark_pages(vpc *m, uint64_t where)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        m->cpu[i].run.split.bytes = 0;
        vpc_mark_pages(&m->cpu[i], where);
    }
}

void vpc_attach_watchpoint(vpc *m, vpc_attachment *attachment)
{
    vpc_watches *w = &m->emulator->watches;
    w->attached[w->n++] = attachment;
    mark_pages(m, attachment->where);
}

void vpc_detach_watchpoint(vpc *m, vpc_attachment *attachment)
{
    vpc_watches *w = &m->emulator->watches;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->n; i++)
        if (w->attached[i] != attachment)
            w->attached[kept++] = w->attached[i];
    w->n = kept;
    mark_pages(m, attachment->where);
}
