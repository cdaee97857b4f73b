/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attaching probes: inserting them where their event fires them, and removing them without a trace. */
#include <stdio.h>
#include <stdlib.h>
#include "cpu/clock.h"
#include "cpu/debug.h"
#include "cpu/smm.h"
#include "emulator/emulator.h"
#include "emulator/translated.h"
#include "guest/error.h"
#include "guest/instruction.h"
#include "guest/registers.h"
#include "probes/returns.h"
#include "probes/watchpoints.h"
#include "vp/fire.h"

#define ALL_PROBES UINT32_MAX

static bool is_repeated(vpc_cpu *cpu, uint64_t address)
{
    vpc_insn insn;
    return vpc_decode_at(cpu, address, &insn) && insn.repeat && vpc_is_string(&insn);
}

/* QEMU comes to a string instruction with REP once for each element, which is a block of its own. It is the next
 * element when the count has gone down by one in the block before, or an interrupt has come between. */
static bool goes_on(vpc_cpu *cpu, const vpc_attachment *attachment, uint64_t address)
{
    uint64_t rcx = REG(cpu->env, VPC_RCX);
    if ((uint16_t)(rcx + 1) != (uint16_t)attachment->seen_rcx)
        return false;
    bool interrupted = cpu->run.interrupted.eip == ENV_U64(cpu->env, ENV_EIP) &&
                       cpu->run.interrupted.rcx == rcx;
    return (attachment->seen_block + 1 == cpu->machine->blocks || interrupted) && is_repeated(cpu, address);
}

static void on_code(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc_attachment *attachment = data;
    vpc *m = attachment->machine;
    vpc_cpu *cpu = m->emulator->current;
    bool next_element = vpc_debug_repeats(cpu) || goes_on(cpu, attachment, address);
    attachment->seen_block = m->blocks;
    attachment->seen_rcx = REG(cpu->env, VPC_RCX);
    if (!next_element)
        vpc_fire_attached(m, attachment, cpu, NULL, 0);
}

static void hook_address(vpc *m, vpc_attachment *attachment)
{
    uint64_t at = attachment->where + attachment->extra;
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &attachment->hook[i], UC_HOOK_CODE, (void *)on_code, attachment, at, at, 0);
    vpc_translate_anew(m, at);
}

static void unhook(vpc *m, vpc_attachment *attachment)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_unhook_code(&m->cpu[i], attachment->hook[i]);
    if (attachment->point == VPC_PT_SMM_RSM_PRE)   /* watches all of SMRAM */
        vpc_flush_translations(m);
    else
        vpc_translate_anew(m, attachment->where + attachment->extra);
}

/* Put a probe where its event fires it. Other points fire whatever is attached there. */
static int attach(vpc *m, vpc_attachment *attachment)
{
    switch (attachment->point) {
    case VPC_PT_VMM1HZ:
    case VPC_PT_VMM10HZ:
    case VPC_PT_VMX1HZ:
    case VPC_PT_USEC:
    case VPC_PT_VMX_USEC:
        vpc_periodic_start(m, attachment);
        m->emulator->periodic[m->emulator->nperiodic++] = attachment;
        return 0;
    case VPC_PT_GUEST_EXEC:
    case VPC_PT_GUEST_ENTER:
    case VPC_PT_GUEST_OFFSET: hook_address(m, attachment); return 0;
    case VPC_PT_GUEST_EXIT: return vpc_attach_returns(m, attachment);
    case VPC_PT_GUEST_READ:
    case VPC_PT_GUEST_WRITE: vpc_attach_watchpoint(m, attachment); return 0;
    case VPC_PT_SMM_RSM_PRE: vpc_hook_rsm(m, attachment); return 0;
    default: return 0;
    }
}

static void detach_periodic(vpc_emulator *emulator, const vpc_attachment *attachment)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < emulator->nperiodic; i++)
        if (emulator->periodic[i] != attachment)
            emulator->periodic[kept++] = emulator->periodic[i];
    emulator->nperiodic = kept;
}

static void detach(vpc *m, vpc_attachment *attachment)
{
    switch (attachment->point) {
    case VPC_PT_VMM1HZ:
    case VPC_PT_VMM10HZ:
    case VPC_PT_VMX1HZ:
    case VPC_PT_USEC:
    case VPC_PT_VMX_USEC: detach_periodic(m->emulator, attachment); break;
    case VPC_PT_GUEST_EXEC:
    case VPC_PT_GUEST_ENTER:
    case VPC_PT_GUEST_OFFSET:
    case VPC_PT_SMM_RSM_PRE: unhook(m, attachment); break;
    case VPC_PT_GUEST_EXIT: vpc_detach_returns(m, attachment); break;
    case VPC_PT_GUEST_READ:
    case VPC_PT_GUEST_WRITE: vpc_detach_watchpoint(m, attachment); break;
    default: break;
    }
}

/* Describing an exit costs a little: it is done when somebody can see it. */
static void note_who_watches_exits(vpc *m)
{
    if (!m->emulator)
        return;
    m->emulator->exits_watched = false;
    for (uint32_t p = 0; p < VPC_PT_COUNT; p++)
        for (uint32_t i = 0; i < m->point[p].n; i++)
            m->emulator->exits_watched |= (p >= VPC_PT_HV_EXIT && p <= VPC_PT_HV_NPF) ||
                                      m->point[p].attached[i]->program->reads_exits;
}

int vpc_attach(vpc *m, vpc_program *program, uint32_t probe, uint32_t point, uint64_t where, uint64_t extra,
            vpc_error *error)
{
    if (point >= VPC_PT_COUNT || ((point == VPC_PT_USEC || point == VPC_PT_VMX_USEC) && !where))
        return vpc_fail(error, "no such probe point");
    if (!program->probes[probe].attached && m->nattached == VPC_MAX_PROBES)
        return vpc_fail(error, "a virtual machine is limited to %d probes", VPC_MAX_PROBES);
    vpc_attachment *attachment = calloc(1, sizeof *attachment);
    if (!attachment)
        return vpc_out_of_memory(error);
    *attachment = (vpc_attachment){.program = program, .probe = probe, .point = point, .where = where, .extra = extra,
                         .machine = m};
    if (m->emulator && attach(m, attachment)) {
        free(attachment);
        return vpc_out_of_memory(error);
    }
    m->point[point].attached[m->point[point].n++] = attachment;
    m->nattached += !program->probes[probe].attached++;   /* one of several points is still one probe */
    note_who_watches_exits(m);
    return 0;
}

/* Take a probe, or (ALL_PROBES) every probe of a program out of the machine. */
static void detach_probes(vpc *m, vpc_program *program, uint32_t probe)
{
    for (uint32_t p = 0; p < VPC_PT_COUNT; p++) {
        vpc_point *point = &m->point[p];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < point->n; i++) {
            vpc_attachment *attachment = point->attached[i];
            if (attachment->program != program || (probe != ALL_PROBES && attachment->probe != probe)) {
                point->attached[kept++] = attachment;
                continue;
            }
            if (m->emulator)
                detach(m, attachment);
            m->nattached -= !--program->probes[attachment->probe].attached;
            free(attachment);
        }
        point->n = kept;
    }
    note_who_watches_exits(m);
}

void vpc_detach(vpc *m, vpc_program *program)
{
    detach_probes(m, program, ALL_PROBES);
}

void vpc_detach_probe(vpc *m, vpc_program *program, uint32_t probe)
{
    detach_probes(m, program, probe);
}
