/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the CPU meets devices: port instructions and memory above RAM. */
#include "cpu/io.h"
#include <stdio.h>
#include "cpu/debug.h"
#include "cpu/exceptions.h"
#include "cpu/exits.h"
#include "cpu/permission.h"
#include "cpu/served_ports.h"
#include "cpu/smm.h"
#include "emulator/emulator.h"
#include "emulator/page_walk.h"
#include "emulator/tlb.h"
#include "guest/error.h"
#include "guest/instruction.h"
#include "guest/registers.h"
#include "vp/fire.h"

#define PHYSICAL_END (1ull << 40)

/* --- IN and OUT -------------------------------------------------------------------------------------------------- */

/* REP count of the port instruction at RIP as it will execute: 1 without REP. */
static uint64_t repeat_count(vpc_cpu *cpu)
{
    vpc_insn insn;
    if (!vpc_decode_next(cpu, &insn) || !insn.repeat || !vpc_is_string_io(&insn))
        return 1;
    return vpc_repeat_count(cpu, &insn);
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

/* An access to a port, and a read of a device in memory, take about a microsecond, whatever the speed of the CPU.
 * Without it a guest that polls a device would spend the wait in millions of accesses. Stores to memory are posted: the
 * CPU does not wait for them. Nor does it leave the chip for its local APIC. */
#define BUS_CYCLES_PER_SECOND 1000000u

static void pass_bus_cycle(vpc *m)
{
    m->ticks += m->tsc_hz / BUS_CYCLES_PER_SECOND;
}

/* #GP(0) before anything else happens, an exit included (SDM volume 3, 26.1.1). */
static void check_permission(vpc_cpu *cpu, uint32_t port, uint32_t bytes)
{
    if (vpc_may_use_port(cpu, port, bytes))
        return;
    cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);
}

/* With every register exact. */
static uint32_t read_port(vpc_cpu *cpu, uint32_t port, uint32_t bytes)
{
    vpc *m = cpu->machine;
    uint32_t value;
    check_permission(cpu, port, bytes);
    vpc_exit_port(cpu, port, bytes, true);
    fire_port(cpu, VPC_PT_IN, port, bytes);
    pass_bus_cycle(m);
    m->emulator->port_reads++;
    if (vpc_read_served_port(m, port, bytes, &value))
        return value;
    return m->emulator->devices.port_in(cpu->id, port, bytes);
}

static uint32_t on_in(void *uc, uint32_t port, int bytes, void *data)
{
    (void)uc;
    return read_port(data, port, (uint32_t)bytes);
}

/* As helpers of translated code. Registers are in order there but RIP, which is looked up by the place of the call;
 * nobody needs it when the port is served here and no script sees the access. */
static uint32_t helper_in(vpc_cpu *cpu, uint32_t port, uint32_t bytes, uintptr_t caller)
{
    vpc *m = cpu->machine;
    uint32_t value;
    bool seen = m->emulator->exits_watched || m->point[VPC_PT_IN].n || !vpc_may_use_port(cpu, port, bytes);
    if (seen || !vpc_read_served_port(m, port, bytes, &value)) {
        m->emulator->uc.restore_state(cpu->state, caller, false);
        return read_port(cpu, port, bytes);
    }
    vpc_exit_port(cpu, port, bytes, true);
    pass_bus_cycle(m);
    m->emulator->port_reads++;
    vpc_read_served_port(m, port, bytes, &value);   /* after the cycle */
    return value;
}

uint64_t vpc_helper_inb(vpc_cpu *cpu, uint32_t port) { return helper_in(cpu, port, 1, VPC_CALLER); }
uint64_t vpc_helper_inw(vpc_cpu *cpu, uint32_t port) { return helper_in(cpu, port, 2, VPC_CALLER); }
uint64_t vpc_helper_inl(vpc_cpu *cpu, uint32_t port) { return helper_in(cpu, port, 4, VPC_CALLER); }

/* INS faults before it reads the port: for the permission first, then for each page of its target. */
static void before_ins(vpc_cpu *cpu, uint64_t address, uint32_t bytes, uintptr_t caller)
{
    uint32_t port = REG(cpu->env, VPC_RDX) & 0xffff;
    if (!vpc_may_use_port(cpu, port, bytes)) {
        cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
        check_permission(cpu, port, bytes);
    }
    vpc_tlb_ask(cpu, address, bytes, ACCESS_STORE, caller);
    vpc_debug_access(cpu, address, bytes, true, caller);   /* the port is read once */
}

void vpc_before_insb(vpc_cpu *cpu, uint64_t address) { before_ins(cpu, address, 1, VPC_CALLER); }
void vpc_before_insw(vpc_cpu *cpu, uint64_t address) { before_ins(cpu, address, 2, VPC_CALLER); }
void vpc_before_insl(vpc_cpu *cpu, uint64_t address) { before_ins(cpu, address, 4, VPC_CALLER); }

static void on_out(void *uc, uint32_t port, int bytes, uint32_t value, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    check_permission(cpu, port, (uint32_t)bytes);
    vpc_exit_port(cpu, port, (uint32_t)bytes, false);
    fire_port(cpu, VPC_PT_OUT, port, (uint32_t)bytes);
    pass_bus_cycle(cpu->machine);
    cpu->machine->emulator->port_writes++;
    cpu->machine->emulator->devices.port_out(cpu->id, port, (uint32_t)bytes, value);
    if (cpu->run.smi)
        vpc_leave_after_port(cpu);
}

void vpc_install_port_hooks(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_in, cpu, 1, 0, UC_X86_INS_IN);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_out, cpu, 1, 0, UC_X86_INS_OUT);
}

/* --- memory above RAM -------------------------------------------------------------------------------------------- */

static bool is_local_apic(const vpc_cpu *cpu, uint64_t address)
{
    return (address & ~(uint64_t)(APIC_BYTES - 1)) == (cpu->run.apic_msr & APIC_BASE_ADDRESS);
}

/* A device may answer there: one of the machine's, or the CPU's local APIC. */
static bool in_window(const vpc_emulator *emulator, const vpc_cpu *cpu, uint64_t address)
{
    if (cpu && is_local_apic(cpu, address))
        return true;
    for (uint32_t i = 0; i < emulator->nwindows; i++)
        if (address - emulator->window[i].start < emulator->window[i].end - emulator->window[i].start)
            return true;
    return false;
}

/* Device code may fire probes, which read RIP: in the middle of a block it is stale. */
static void restore_rip(vpc_cpu *cpu)
{
    uintptr_t host_pc = *(uintptr_t *)(cpu->state + CPU_MEM_IO_PC);
    if (cpu->machine->emulator->running && host_pc)
        cpu->machine->emulator->uc.restore_state(cpu->state, host_pc, false);
}

static uint64_t on_memory_read(void *uc, uint64_t offset, unsigned bytes, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    uint64_t address = m->ram_bytes + offset;
    restore_rip(cpu);
    vpc_exit_nested_fault(cpu, address, false);
    if (!in_window(m->emulator, cpu, address))
        return UINT64_MAX;
    if (!is_local_apic(cpu, address))
        pass_bus_cycle(m);
    return m->emulator->devices.memory_read(cpu->id, address, bytes);
}

static void on_memory_write(void *uc, uint64_t offset, unsigned bytes, uint64_t value, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc *m = cpu->machine;
    uint64_t address = m->ram_bytes + offset;
    restore_rip(cpu);
    vpc_exit_nested_fault(cpu, address, true);
    if (!in_window(m->emulator, cpu, address))
        return;
    m->emulator->devices.memory_write(cpu->id, address, bytes, value);
}

int vpc_device_window(vpc *m, uint64_t address, uint64_t bytes, vpc_error *error)
{
    vpc_emulator *emulator = m->emulator;
    if (emulator->nwindows == VPC_MAX_WINDOWS)
        return vpc_fail(error, "device memory is limited to %d windows", VPC_MAX_WINDOWS);
    emulator->window[emulator->nwindows].start = address;
    emulator->window[emulator->nwindows].end = address + bytes;
    emulator->nwindows++;
    return 0;
}

int vpc_map_device_memory(vpc_cpu *cpu, vpc_error *error)
{
    vpc *m = cpu->machine;
    unicorn_functions *uc = &m->emulator->uc;
    int failure = uc->mmio_map(cpu->uc, m->ram_bytes, PHYSICAL_END - m->ram_bytes, (void *)on_memory_read, cpu,
                               (void *)on_memory_write, cpu);
    if (failure)
        vpc_fail(error, "Unicorn: %s", uc->strerror(failure));
    return failure ? -1 : 0;
}

bool vpc_peek_device(vpc *m, const vpc_cpu *cpu, uint64_t address, uint64_t *out)
{
    int32_t id = cpu ? (int32_t)cpu->id : -1;
    return in_window(m->emulator, cpu, address) && m->emulator->devices.memory_peek(id, address, out);
}
