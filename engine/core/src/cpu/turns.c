/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is. The CPUs share the time of the machine: one executes until its turn is over, it halts, or it pauses.
 * Turns begin and end between two blocks, at moments that guest time alone decides. */
#include "cpu/turns.h"
#include "cpu/interrupts.h"
#include "cpu/startup.h"
#include "emulator/emulator.h"
#include "guest/registers.h"

#define TURNS_PER_SECOND 10000u

/* A halted CPU wakes by an interrupt it would take. */
static bool wakes(const vpc_cpu *cpu)
{
    if (cpu->run.waiting)
        return false;
    if (cpu->run.nmi && !(ENV_U32(cpu->env, ENV_HFLAGS2) & HF2_NMI))
        return true;
    return cpu->run.check || cpu->run.smi || (cpu->run.line && vpc_interrupts_enabled(cpu));
}

static bool can_run(const vpc_cpu *cpu) { return !cpu->run.halted || wakes(cpu); }

static bool has_message(const vpc_cpu *cpu) { return vpc_init_due(cpu) || (cpu->run.start_up && cpu->run.waiting); }

/* Who would run after a CPU: the next in order that can, at last itself; NULL when all are halted. A CPU in system
 * management mode goes on, since there is one SMRAM. */
static vpc_cpu *next_cpu(vpc *m, vpc_cpu *cpu)
{
    if (cpu->run.smm != SMM_OUTSIDE)
        return can_run(cpu) ? cpu : NULL;
    for (uint32_t i = 1; i <= m->ncpus; i++) {
        vpc_cpu *next = &m->cpu[(cpu->id + i) % m->ncpus];
        if (can_run(next))
            return next;
    }
    return NULL;
}

/* The tick at which the CPU that executes is left for another. */
uint64_t vpc_turn_limit(vpc *m)
{
    const vpc_emulator *emulator = m->emulator;
    for (uint32_t i = 0; i < m->ncpus; i++)
        if (has_message(&m->cpu[i]))
            return 0;
    return m->ncpus == 1 || next_cpu(m, emulator->current) == emulator->current ? UINT64_MAX : emulator->turn_end;
}

void vpc_end_turn(vpc *m)
{
    if (m->ncpus == 1)
        return;
    m->emulator->turn_end = m->ticks;
    m->tick_limit = 0;
}

vpc_cpu *vpc_choose_cpu(vpc *m)
{
    vpc_emulator *emulator = m->emulator;
    if (can_run(emulator->current) && m->ticks < vpc_turn_limit(m))
        return emulator->current;
    vpc_cpu *next = next_cpu(m, emulator->current);
    if (!next)
        return NULL;
    vpc_interrupted(emulator->current);
    emulator->current = next;
    emulator->turn_end = m->ticks + m->tsc_hz / TURNS_PER_SECOND;
    return next;
}

uint32_t vpc_halted_cpus(const vpc *m)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->ncpus; i++)
        n += m->cpu[i].run.halted;
    return n;
}
