/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts: the acknowledge cycle, the lines of a CPU, and events that no instruction causes. */
#include "cpu/interrupts.h"
#include <stdio.h>
#include "cpu/exits.h"
#include "cpu/user_stack.h"
#include "emulator/emulator.h"
#include "guest/error.h"
#include "guest/registers.h"
#include "vp/fire.h"

#define VMCB_INT_VECTOR 0x64     /* control.int_vector, where the CPU reads the vector of a virtual interrupt */

void vpc_interrupted(vpc_cpu *cpu)
{
    vpc_take_stack_back(cpu);
    cpu->run.interrupted.eip = ENV_U64(cpu->env, ENV_EIP);
    cpu->run.interrupted.rcx = REG(cpu->env, VPC_RCX);
    if (cpu->run.rep.left && cpu->run.rep.eip == cpu->run.interrupted.eip)
        cpu->run.suspended = cpu->run.rep;   /* the handler may do port I/O of its own */
}

/* The CPU reads the vector of the interrupt it is about to take: the interrupt acknowledge cycle. It is between two
 * blocks, so every register is exact. */
static uint64_t on_inta_read(void *uc, uint64_t offset, unsigned bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    if (offset != VMCB_INT_VECTOR)
        return 0;
    uint64_t vector = (uint64_t)m->emulator->devices.acknowledge(cpu->id) & 0xff;
    m->interrupts++;
    vpc_happens(m, VPC_EVENT_INTERRUPT);
    *interrupt_request(cpu) &= ~IRQ_VIRQ;
    m->tick_limit = 0;   /* the line may be up again already */
    vpc_interrupted(cpu);
    vpc_exit_interrupt(cpu, (uint32_t)vector);
    vpc_fire_at(m, VPC_PT_GUEST_IRQ, cpu, &vector, 1);
    vpc_inject_interrupt(cpu, (uint32_t)vector);
    return vector;
}

static void on_inta_write(void *uc, uint64_t offset, unsigned bytes, uint64_t value, void *data)
{
    (void)uc, (void)offset, (void)bytes, (void)value, (void)data;
}

int vpc_map_interrupt_acknowledge(vpc_cpu *cpu, vpc_error *error)
{
    unicorn_functions *uc = &cpu->machine->emulator->uc;   /* INTA_PAGE and VOID_PAGE */
    int failure = uc->mmio_map(cpu->uc, INTA_PAGE, 0x2000, (void *)on_inta_read, cpu, (void *)on_inta_write, cpu);
    if (failure)
        vpc_fail(error, "Unicorn: %s", uc->strerror(failure));
    return failure ? -1 : 0;
}

void vpc_interrupt_line(vpc *m, uint32_t cpu, int level)
{
    uint32_t *request = interrupt_request(&m->cpu[cpu]);
    m->cpu[cpu].run.line = level;
    if (!level) {
        *request &= ~IRQ_VIRQ;
    } else if (!(*request & IRQ_VIRQ)) {   /* is taken at the next block, see clock.c */
        *request |= IRQ_VIRQ;
        m->emulator->exit_wanted |= &m->cpu[cpu] == m->emulator->current;
        m->tick_limit = 0;
    }
}

void vpc_nmi(vpc *m, uint32_t cpu)
{
    m->cpu[cpu].run.nmi = !m->cpu[cpu].run.waiting;
    m->tick_limit = 0;
}

void vpc_exception(vpc *m, uint32_t cpu, uint32_t vector)
{
    m->cpu[cpu].run.check = true;
    m->cpu[cpu].run.check_vector = (uint8_t)(vector & 31);
    m->tick_limit = 0;
}
