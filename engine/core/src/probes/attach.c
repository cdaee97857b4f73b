/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arming probes: putting them where their event fires them, and taking them away without a trace. */
#include <stdio.h>
#include <stdlib.h>
#include "emulator/emulator.h"
#include "guest/decode.h"
#include "vp/vp.h"

#define RCX 1

static bool is_repeated(vpc_cpu *cpu, uint64_t address)
{
    uint8_t code[15];
    vpc_insn insn;
    uint64_t n = vpc_read_linear(cpu->machine, cpu->id, address, code, sizeof code);
    if (!vpc_decode(code, n, ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64 ? 64 : 32, &insn) || insn.map || !insn.repeat)
        return false;
    return (insn.opcode >= 0x6c && insn.opcode <= 0x6f) || (insn.opcode >= 0xa4 && insn.opcode <= 0xaf);
}

/* QEMU comes to a string instruction with REP once for each element, which is a block of its own. It is the next
 * element when the count has gone down by one in the block before, or an interrupt has come between. */
static bool goes_on(vpc_cpu *cpu, const vpc_armed *armed, uint64_t address)
{
    uint64_t rcx = ENV_U64(cpu->env, 8 * RCX);
    bool interrupted = cpu->run.interrupted.eip == ENV_U64(cpu->env, ENV_EIP) &&
                       cpu->run.interrupted.rcx == rcx;
    return (uint16_t)(rcx + 1) == (uint16_t)armed->seen_rcx &&
           (armed->seen_block + 1 == cpu->machine->blocks || interrupted) && is_repeated(cpu, address);
}

static void on_code(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc_armed *armed = data;
    vpc *m = armed->machine;
    vpc_cpu *cpu = m->side->current;
    bool next_element = goes_on(cpu, armed, address);
    armed->seen_block = m->blocks;
    armed->seen_rcx = ENV_U64(cpu->env, 8 * RCX);
    if (!next_element)
        vpc_fire_armed(m, armed, cpu, NULL, 0);
}

static void hook_address(vpc *m, vpc_armed *armed)
{
    uint64_t at = armed->where + armed->extra;
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &armed->hook[i], UC_HOOK_CODE, (void *)on_code, armed, at, at, 0);
    vpc_flush_translations(m);
}

static void unhook(vpc *m, vpc_armed *armed)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_unhook_code(&m->cpu[i], armed->hook[i]);
    vpc_flush_translations(m);
}

/* Put an armed probe where the machine comes across it. Other points fire whatever is armed there. */
static int attach(vpc *m, vpc_armed *armed)
{
    switch (armed->point) {
    case VPC_PT_VMM1HZ:
    case VPC_PT_VMM10HZ:
    case VPC_PT_VMX1HZ:
    case VPC_PT_USEC:
    case VPC_PT_VMX_USEC:
        vpc_periodic_start(m, armed);
        m->side->periodic[m->side->nperiodic++] = armed;
        return 0;
    case VPC_PT_GUEST_EXEC:
    case VPC_PT_GUEST_ENTER:
    case VPC_PT_GUEST_OFFSET: hook_address(m, armed); return 0;
    case VPC_PT_GUEST_EXIT: return vpc_hook_calls(m, armed);
    case VPC_PT_GUEST_READ:
    case VPC_PT_GUEST_WRITE: vpc_watch(m, armed); return 0;
    case VPC_PT_SMM_RSM_PRE: vpc_hook_rsm(m, armed); return 0;
    default: return 0;
    }
}

static void detach_periodic(struct vpc_machine *side, const vpc_armed *armed)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < side->nperiodic; i++)
        if (side->periodic[i] != armed)
            side->periodic[kept++] = side->periodic[i];
    side->nperiodic = kept;
}

static void detach(vpc *m, vpc_armed *armed)
{
    switch (armed->point) {
    case VPC_PT_VMM1HZ:
    case VPC_PT_VMM10HZ:
    case VPC_PT_VMX1HZ:
    case VPC_PT_USEC:
    case VPC_PT_VMX_USEC: detach_periodic(m->side, armed); break;
    case VPC_PT_GUEST_EXEC:
    case VPC_PT_GUEST_ENTER:
    case VPC_PT_GUEST_OFFSET:
    case VPC_PT_SMM_RSM_PRE: unhook(m, armed); break;
    case VPC_PT_GUEST_EXIT: vpc_unhook_calls(m, armed); break;
    case VPC_PT_GUEST_READ:
    case VPC_PT_GUEST_WRITE: vpc_unwatch(m, armed); break;
    default: break;
    }
}

/* Describing an exit costs a little: it is done when somebody can see it. */
static void note_who_watches_exits(vpc *m)
{
    if (!m->side)
        return;
    m->side->exits_watched = false;
    for (uint32_t p = 0; p < VPC_PT_COUNT; p++)
        for (uint32_t i = 0; i < m->point[p].n; i++)
            m->side->exits_watched |= (p >= VPC_PT_HV_EXIT && p <= VPC_PT_HV_NPF) ||
                                      m->point[p].armed[i]->program->reads_exits;
}

int vpc_arm(vpc *m, vpc_program *program, uint32_t probe, uint32_t point, uint64_t where, uint64_t extra,
            char *error, size_t error_bytes)
{
    if (point >= VPC_PT_COUNT || ((point == VPC_PT_USEC || point == VPC_PT_VMX_USEC) && !where)) {
        snprintf(error, error_bytes, "no such probe point");
        return -1;
    }
    if (!program->probes[probe].armed && m->narmed == VPC_MAX_PROBES) {
        snprintf(error, error_bytes, "a virtual machine is limited to %d probes", VPC_MAX_PROBES);
        return -1;
    }
    vpc_armed *armed = calloc(1, sizeof *armed);
    if (!armed) {
        snprintf(error, error_bytes, "out of memory");
        return -1;
    }
    *armed = (vpc_armed){.program = program, .probe = probe, .point = point, .where = where, .extra = extra,
                         .machine = m};
    if (m->side && attach(m, armed)) {
        free(armed);
        snprintf(error, error_bytes, "out of memory");
        return -1;
    }
    m->point[point].armed[m->point[point].n++] = armed;
    m->narmed += !program->probes[probe].armed++;   /* one of several points is still one probe */
    note_who_watches_exits(m);
    return 0;
}

void vpc_disarm(vpc *m, vpc_program *program)
{
    for (uint32_t p = 0; p < VPC_PT_COUNT; p++) {
        vpc_point *point = &m->point[p];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < point->n; i++) {
            vpc_armed *armed = point->armed[i];
            if (armed->program != program) {
                point->armed[kept++] = armed;
                continue;
            }
            if (m->side)
                detach(m, armed);
            m->narmed -= !--program->probes[armed->probe].armed;
            free(armed);
        }
        point->n = kept;
    }
    note_who_watches_exits(m);
}
