/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the CPU meets devices: port instructions, memory above RAM, the interrupt acknowledge cycle. */
#include <stdio.h>
#include "emulator/emulator.h"
#include "guest/decode.h"

enum { RCX = 1 };
#define CS_BASE(env) ENV_U64(env, ENV_SEGS + ENV_SEG_BYTES * VPC_SEG_CS + SEG_BASE)

/* --- IN and OUT -------------------------------------------------------------------------------------------------- */

/* REP count of the port instruction at EIP as it will execute: 1 without REP. */
static uint64_t repeat_count(vpc_cpu *cpu)
{
    uint8_t code[15];
    vpc_insn insn;
    bool code64 = ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64;
    bool code32 = ENV_U32(cpu->env, ENV_SEGS + ENV_SEG_BYTES * VPC_SEG_CS + SEG_FLAGS) & 1u << 22;
    uint64_t linear = CS_BASE(cpu->env) + ENV_U64(cpu->env, ENV_EIP), rcx = ENV_U64(cpu->env, 8 * RCX);
    uint64_t n = vpc_read_linear(cpu->machine, cpu->id, linear, code, sizeof code);
    if (!vpc_decode(code, n, code64 ? 64 : 32, &insn) || !insn.repeat || insn.opcode < 0x6c || insn.opcode > 0x6f)
        return 1;
    bool address_size = insn.address_bytes == (code64 ? 4 : 2);
    if (code64)
        return address_size ? (uint32_t)rcx : rcx;
    return code32 != address_size ? (uint32_t)rcx : (uint16_t)rcx;
}

static bool continues(const vpc_rep *rep, uint64_t eip, uint64_t count)
{
    return count && rep->left == count && rep->eip == eip;
}

/* Fire In or Out once per instruction: a REP one runs its hook for each element, with its count going down. */
static void fire_port(vpc_cpu *cpu, uint32_t point, uint32_t port, uint32_t bytes)
{
    vpc *m = cpu->machine;
    if (!m->point[point].n)
        return;
    uint64_t count = repeat_count(cpu), eip = ENV_U64(cpu->env, ENV_EIP);
    bool goes_on = continues(&cpu->run.rep, eip, count);
    if (!goes_on && continues(&cpu->run.suspended, eip, count)) {
        cpu->run.suspended.left = 0;
        goes_on = true;
    }
    cpu->run.rep = (vpc_rep){eip, count - 1};
    if (!goes_on) {
        const uint64_t args[] = {port, bytes, count};
        vpc_fire_at(m, point, cpu, args, 3);
    }
}

/* A port access takes a cycle of the ISA bus, about a microsecond, whatever the speed of the CPU. Without it a guest
 * that polls a device would spend the wait in millions of accesses. */
#define PORT_ACCESSES_PER_SECOND 1000000u

static void pass_bus_cycle(vpc *m)
{
    m->ticks += m->tsc_hz / PORT_ACCESSES_PER_SECOND;
}

static uint32_t on_in(void *uc, uint32_t port, int bytes, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc_hv_port(cpu, port, (uint32_t)bytes, true);
    fire_port(cpu, VPC_PT_IN, port, (uint32_t)bytes);
    pass_bus_cycle(cpu->machine);
    cpu->machine->side->port_reads++;
    return cpu->machine->side->devices.port_in(cpu->id, port, (uint32_t)bytes);
}

static void on_out(void *uc, uint32_t port, int bytes, uint32_t value, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc_hv_port(cpu, port, (uint32_t)bytes, false);
    fire_port(cpu, VPC_PT_OUT, port, (uint32_t)bytes);
    pass_bus_cycle(cpu->machine);
    cpu->machine->side->port_writes++;
    cpu->machine->side->devices.port_out(cpu->id, port, (uint32_t)bytes, value);
    if (cpu->run.smi)
        vpc_leave_after_port(cpu);
}

void vpc_install_port_hooks(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_in, cpu, 1, 0, UC_X86_INS_IN);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_out, cpu, 1, 0, UC_X86_INS_OUT);
}

/* --- memory above RAM -------------------------------------------------------------------------------------------- */

static bool in_window(const struct vpc_machine *side, uint64_t address)
{
    for (uint32_t i = 0; i < side->nwindows; i++)
        if (address - side->window[i].start < side->window[i].end - side->window[i].start)
            return true;
    return false;
}

/* Device code may fire probes, which read RIP: in the middle of a block it is stale. */
static void restore_rip(vpc_cpu *cpu)
{
    uintptr_t host_pc = *(uintptr_t *)(cpu->state + CPU_MEM_IO_PC);
    if (cpu->machine->side->running && host_pc)
        cpu->machine->side->uc.restore_state(cpu->state, host_pc, false);
}

static uint64_t on_memory_read(void *uc, uint64_t offset, unsigned bytes, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    uint64_t address = m->ram_bytes + offset;
    restore_rip(cpu);
    vpc_hv_nested_fault(cpu, address, false);
    if (!in_window(m->side, address))
        return UINT64_MAX;
    return m->side->devices.memory_read(cpu->id, address, bytes);
}

static void on_memory_write(void *uc, uint64_t offset, unsigned bytes, uint64_t value, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    uint64_t address = m->ram_bytes + offset;
    restore_rip(cpu);
    vpc_hv_nested_fault(cpu, address, true);
    if (!in_window(m->side, address))
        return;
    m->side->devices.memory_write(cpu->id, address, bytes, value);
}

int vpc_device_window(vpc *m, uint64_t address, uint64_t bytes)
{
    struct vpc_machine *side = m->side;
    if (side->nwindows == VPC_MAX_WINDOWS)
        return -1;
    side->window[side->nwindows].start = address;
    side->window[side->nwindows].end = address + bytes;
    side->nwindows++;
    return 0;
}

/* --- interrupts -------------------------------------------------------------------------------------------------- */

void vpc_interrupted(vpc_cpu *cpu)
{
    cpu->run.interrupted.eip = ENV_U64(cpu->env, ENV_EIP);
    cpu->run.interrupted.rcx = ENV_U64(cpu->env, 8 * RCX);
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
    uint64_t vector = (uint64_t)m->side->devices.acknowledge(cpu->id) & 0xff;
    m->interrupts++;
    *interrupt_request(cpu) &= ~IRQ_VIRQ;
    m->tick_limit = 0;   /* the line may be up again already */
    vpc_interrupted(cpu);
    vpc_hv_interrupt(cpu, (uint32_t)vector);
    vpc_fire_at(m, VPC_PT_GUEST_IRQ, cpu, &vector, 1);
    vpc_hv_deliver_interrupt(cpu, (uint32_t)vector);
    return vector;
}

static void on_inta_write(void *uc, uint64_t offset, unsigned bytes, uint64_t value, void *data)
{
    (void)uc, (void)offset, (void)bytes, (void)value, (void)data;
}

int vpc_map_device_memory(vpc_cpu *cpu, char *error, size_t error_bytes)
{
    vpc *m = cpu->machine;
    unicorn_functions *uc = &m->side->uc;
    int failure = uc->mmio_map(cpu->uc, m->ram_bytes, PHYSICAL_END - m->ram_bytes, (void *)on_memory_read, cpu,
                               (void *)on_memory_write, cpu);
    if (!failure)   /* INTA_PAGE and VOID_PAGE */
        failure = uc->mmio_map(cpu->uc, INTA_PAGE, 0x2000, (void *)on_inta_read, cpu, (void *)on_inta_write, cpu);
    if (failure)
        snprintf(error, error_bytes, "Unicorn: %s", uc->strerror(failure));
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
        m->side->exit_wanted = true;
        m->tick_limit = 0;
    }
}

void vpc_nmi(vpc *m, uint32_t cpu)
{
    m->cpu[cpu].run.nmi = true;
    m->tick_limit = 0;
}

void vpc_exception(vpc *m, uint32_t cpu, uint32_t vector)
{
    m->cpu[cpu].run.check = true;
    m->cpu[cpu].run.check_vector = (uint8_t)(vector & 31);
    m->tick_limit = 0;
}

/* --- memory ------------------------------------------------------------------------------------------------------ */

void vpc_memory_changed(vpc *m, uint64_t address, uint64_t bytes)
{
    for (uint32_t i = 0; i < m->ncpus && bytes; i++)
        m->side->uc.invalidate_physical(m->cpu[i].uc, address, address + bytes);
}

int vpc_peek_device(vpc *m, const vpc_cpu *cpu, uint64_t address, uint64_t *out)
{
    int32_t id = cpu ? (int32_t)cpu->id : -1;
    return m->side && in_window(m->side, address) && m->side->devices.memory_peek(id, address, out);
}
