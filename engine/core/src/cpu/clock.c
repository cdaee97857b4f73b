/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual clock: it advances by executed code, counted block by block, and everything that happens by time
 * happens between two blocks.
 *
 * A block is counted before it runs. At or past tick_limit the clock checks what is due, and may end emulation or leave
 * translated code so that an interrupt is taken; then the block does not run and is not counted until it is really
 * entered. Nothing else ever asks Unicorn to leave translated code: probes inside a block can
 * thus not move the moment of an interrupt. */
#include "cpu/clock.h"
#include <stdio.h>
#include "cpu/debug.h"
#include "cpu/exceptions.h"
#include "cpu/exits.h"
#include "cpu/interrupts.h"
#include "cpu/smm.h"
#include "cpu/startup.h"
#include "cpu/turns.h"
#include "emulator/block_clock.h"
#include "emulator/emulator.h"
#include "guest/registers.h"
#include "include/stops.h"
#include "vp/fire.h"

#define NOWHERE UINT64_MAX   /* in `entered`: no CPU has been chosen */

static uint64_t period_ticks(const vpc *m, const vpc_attachment *a, uint64_t k)
{
    return a->started + (uint64_t)((unsigned __int128)k * a->where * m->tsc_hz / 1000000);
}

/* VMM1Hz, VMM10Hz and VMX1Hz fire at whole fractions of a guest second since power-on. */
static uint64_t next_whole(const vpc *m, uint64_t hz, uint64_t after)
{
    uint64_t k = (uint64_t)((unsigned __int128)after * hz / m->tsc_hz) + 1;
    uint64_t tick;
    do {   /* the tick of the k-th fraction, rounded up so that it is not early */
        tick = (uint64_t)(((unsigned __int128)k * m->tsc_hz + hz - 1) / hz);
        k++;
    } while (tick <= after);
    return tick;
}

static uint64_t next_due(const vpc *m, const vpc_attachment *a)
{
    switch (a->point) {
    case VPC_PT_USEC:
    case VPC_PT_VMX_USEC: return period_ticks(m, a, a->fired + 1);
    case VPC_PT_VMM10HZ: return next_whole(m, 10, a->next_due);
    default: return next_whole(m, 1, a->next_due);
    }
}

void vpc_periodic_start(vpc *m, vpc_attachment *a)
{
    a->started = a->next_due = m->ticks;
    a->fired = 0;
    a->next_due = next_due(m, a);
}

static vpc_attachment *earliest(const vpc_emulator *emulator)
{
    vpc_attachment *first = NULL;
    for (uint32_t i = 0; i < emulator->nperiodic; i++)
        if (!first || emulator->periodic[i]->next_due < first->next_due)
            first = emulator->periodic[i];
    return first;
}

/* VMM1Hz and VMM10Hz fire once, on the first CPU; timers fire on every CPU that has been started, as samples of each. */
static void fire_on_cpus(vpc *m, vpc_attachment *a)
{
    bool samples = a->point == VPC_PT_USEC;
    for (uint32_t i = 0; i < (samples ? m->ncpus : 1); i++)
        if (!samples || !m->cpu[i].run.waiting)
            vpc_fire_attached(m, a, &m->cpu[i], NULL, 0);
}

/* Fire every periodic probe whose time has come, in order of time, once for each period that has passed. */
static void fire_periodic(vpc *m)
{
    vpc_attachment *a;
    while ((a = earliest(m->emulator)) && a->next_due <= m->ticks) {
        a->fired++;
        a->next_due = next_due(m, a);
        if (a->point == VPC_PT_VMX1HZ || a->point == VPC_PT_VMX_USEC)
            vpc_fire_attached(m, a, NULL, NULL, 0);
        else
            fire_on_cpus(m, a);
    }
}

static uint64_t minimum(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t next_event(const vpc_emulator *emulator)
{
    vpc_attachment *a = earliest(emulator);
    uint64_t event = minimum(emulator->until, emulator->deadline);
    return a ? minimum(event, a->next_due) : event;
}

void vpc_clock_changed(vpc *m)
{
    vpc_emulator *emulator = m->emulator;
    const vpc_cpu_run *run = &emulator->current->run;
    bool event = run->nmi || run->check || run->debug_hits || run->smi || run->smm != SMM_OUTSIDE;
    bool awaited = m->awaited == VPC_EVENT_BLOCK || m->awaited == VPC_EVENT_HAPPENED;
    bool now = emulator->stop_wanted || emulator->exit_wanted || event || awaited;
    m->tick_limit = now ? 0 : minimum(next_event(emulator), vpc_turn_limit(m));
}

/* Give the CPU the NMI that waits for it, when it takes one. */
static bool deliver_nmi(vpc *m, vpc_cpu *cpu)
{
    if (!cpu->run.nmi || ENV_U32(cpu->env, ENV_HFLAGS2) & HF2_NMI)
        return false;
    cpu->run.nmi = false;
    vpc_interrupted(cpu);
    vpc_exit_nmi(cpu);
    vpc_fire_at(m, VPC_PT_FAULT0 + 2, cpu, NULL, 0);
    vpc_inject_nmi(cpu);
    *interrupt_request(cpu) |= IRQ_NMI;
    return true;
}

/* Make the CPU raise the exception that waits for it, which is the first thing it does when it leaves the block. */
static bool deliver_check(vpc_cpu *cpu)
{
    bool debug = vpc_debug_due(cpu);
    if (!debug && !cpu->run.check)
        return false;
    if (!debug)
        cpu->run.check = false;
    ENV_I32(cpu->state, CPU_EXCEPTION_INDEX) = debug ? VPC_VECTOR_DB : cpu->run.check_vector;
    ENV_I32(cpu->env, ENV_ERROR_CODE) = 0;
    ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT) = 0;
    ENV_U64(cpu->env, ENV_EXCEPTION_NEXT_EIP) = ENV_U64(cpu->env, ENV_EIP);
    return true;
}

/* When the awaited event has happened, the run ends as one to this tick does: all that happens before the next block is
 * done. But what happens between the choice of a CPU and the first block that it executes belongs to that block: a run to
 * this tick would have ended before. */
static void end_after_event(vpc *m)
{
    vpc_emulator *emulator = m->emulator;
    if (m->awaited == VPC_EVENT_HAPPENED)
        emulator->until = minimum(emulator->until, m->ticks + (m->blocks == emulator->entered));
}

/* Something is due before this block. Returns whether the block runs nevertheless. */
static bool at_limit(vpc *m)
{
    vpc_emulator *emulator = m->emulator;
    vpc_cpu *cpu = emulator->current;
    vpc_event_delivered(cpu);
    vpc_smm_block(cpu);
    if (cpu->run.line && !(*interrupt_request(cpu) & IRQ_VIRQ)) {
        *interrupt_request(cpu) |= IRQ_VIRQ;
        emulator->exit_wanted = true;
    }
    if (deliver_check(cpu) || vpc_deliver_smi(cpu) || deliver_nmi(m, cpu) || emulator->exit_wanted) {
        emulator->exit_wanted = false;
        m->tick_limit = 0;
        return false;
    }
    fire_periodic(m);
    end_after_event(m);
    if (emulator->stop_wanted || m->ticks >= minimum(minimum(emulator->deadline, emulator->until), vpc_turn_limit(m))) {
        emulator->stopped = true;
        emulator->uc.emu_stop(cpu->uc);
        return false;
    }
    vpc_resume(cpu);
    vpc_clock_changed(m);
    return true;
}

static inline void count_block(vpc *m, uint32_t bytes)
{
    m->blocks++;
    m->ticks += bytes * m->ticks_per_byte;
}

/* Before a block at or past tick_limit. */
static void block_due(vpc_cpu *cpu, uint32_t bytes, uint64_t eip)
{
    vpc *m = cpu->machine;
    ENV_U64(cpu->env, ENV_EIP) = eip;
    if (!vpc_debug_will_repeat(cpu, eip) && !at_limit(m))
        m->emulator->uc.loop_exit_exception(cpu->state);   /* does not return */
    count_block(m, bytes);
    vpc_happens(m, VPC_EVENT_BLOCK);
}

#ifdef VPC_INLINE_CLOCK
void vpc_install_clock(vpc_cpu *cpu)
{
    cpu->machine->emulator->block_due = block_due;   /* called by generated code, see block_clock.c */
}
#else
/* Runs before every block of the guest. Everything rare is in a tail call, so that this saves no register. */
static void on_block(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)address;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    if (__builtin_expect(m->ticks >= m->tick_limit, 0))
        block_due(cpu, bytes, ENV_U64(cpu->env, ENV_EIP));
    else
        count_block(m, bytes);
}

void vpc_install_clock(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_BLOCK, (void *)on_block, cpu, 1, 0, 0);
}
#endif

/* Runs Unicorn once. Returns VPC_STOP_UNTIL when the run continues. */
static int execute(vpc *m, vpc_cpu *cpu)
{
    vpc_emulator *emulator = m->emulator;
    emulator->stopped = emulator->failed = false;
    emulator->entered = m->blocks;
    if (!cpu->run.debug_hits) {   /* the trap of the latest instruction comes first (SDM volume 3, table 6-2) */
        if (!vpc_deliver_smi(cpu))
            deliver_nmi(m, cpu);
        if (cpu->run.line)
            *interrupt_request(cpu) |= IRQ_VIRQ;
    }
    vpc_clock_changed(m);
    uint64_t start = m->ticks;
    uint32_t idle = vpc_halted_cpus(m);
    emulator->running = true;
    int failure = emulator->uc.emu_start(cpu->uc, ENV_U64(cpu->env, ENV_EIP), 0, 0, 0);
    emulator->running = false;
    emulator->halted_ticks += (m->ticks - start) * idle;
    if (failure)
        snprintf(emulator->error, sizeof emulator->error, "%s", emulator->uc.strerror(failure));
    if (failure || emulator->failed)
        return VPC_STOP_ERROR;
    if (emulator->stopped)
        return VPC_STOP_UNTIL;
    if (ENV_U32(cpu->state, CPU_HALTED)) {
        cpu->run.halted = !vpc_debug_ends_halt(cpu);
        return VPC_STOP_UNTIL;
    }
    vpc_exit_triple_fault(cpu);
    vpc_fire_at(m, VPC_PT_GUEST_TRIPLE_FAULT, cpu, NULL, 0);
    return VPC_STOP_SHUTDOWN;
}

int vpc_run(vpc *m, uint64_t until)
{
    vpc_emulator *emulator = m->emulator;
    emulator->until = until;
    for (;;) {
        emulator->entered = NOWHERE;
        vpc_take_messages(m);
        fire_periodic(m);
        end_after_event(m);
        if (emulator->stop_wanted) {
            emulator->stop_wanted = false;
            return VPC_STOP_STOPPED;
        }
        if (m->ticks >= emulator->deadline)
            return VPC_STOP_DEADLINE;
        if (m->ticks >= emulator->until)
            return VPC_STOP_UNTIL;
        vpc_cpu *cpu = vpc_choose_cpu(m);
        if (!cpu) {
            uint64_t event = next_event(emulator);
            emulator->halted_ticks += (event - m->ticks) * m->ncpus;
            m->ticks = event;
            continue;
        }
        cpu->run.halted = false;
        int result = execute(m, cpu);
        if (result != VPC_STOP_UNTIL)
            return result;
    }
}

const char *vpc_run_error(const vpc *m) { return m->emulator->error; }

uint32_t vpc_current_cpu(const vpc *m) { return m->emulator->current->id; }

void vpc_pass_time(vpc *m, uint64_t ticks)
{
    m->ticks += ticks;
    m->emulator->halted_ticks += ticks * m->ncpus;
}

void vpc_stop(vpc *m)
{
    m->emulator->stop_wanted = true;
    m->tick_limit = 0;
}

void vpc_await(vpc *m, uint32_t event) { m->awaited = event; }

int vpc_has_happened(const vpc *m) { return m->awaited == VPC_EVENT_HAPPENED; }

void vpc_deadline(vpc *m, uint64_t tick)
{
    m->emulator->deadline = tick;
    if (m->tick_limit > tick)
        m->tick_limit = tick;
}
