/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers of this machine that QEMU does not keep (Intel SDM volume 4, table 2-2). */
#include "cpu/msr.h"
#include "cpu/exceptions.h"
#include "cpu/reserved.h"
#include "emulator/emulator.h"
#include "guest/instruction.h"
#include "guest/registers.h"

#define IA32_TIME_STAMP_COUNTER 0x10
#define IA32_APIC_BASE 0x1b
#define IA32_ARCH_CAPABILITIES 0x10a
#define IA32_TSC_DEADLINE 0x6e0
#define X2APIC_FIRST 0x800
#define X2APIC_LAST 0x8ff

/* Nothing is executed speculatively here, so the CPU has none of the weaknesses of that kind: RDCL_NO (no Meltdown),
 * SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, IF_PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO, PSDP_NO, BHI_NO, PBRSB_NO,
 * GDS_NO, RFDS_NO, ITS_NO. */
#define ARCH_CAPABILITIES                                                                                              \
    (1ull << 0 | 1ull << 3 | 1ull << 4 | 1ull << 5 | 1ull << 6 | 1ull << 8 | 1ull << 13 | 1ull << 14 | 1ull << 15 |    \
     1ull << 20 | 1ull << 24 | 1ull << 26 | 1ull << 27 | 1ull << 62)

/* Executes RDMSR of such a register in place of QEMU's helper, which has synchronized every register; execution
 * continues after the instruction. */
static void answer(vpc_cpu *cpu, uint64_t value)
{
    uint8_t *env = cpu->env;
    REG(env, VPC_RAX) = (uint32_t)value;
    REG(env, VPC_RDX) = value >> 32;
    ENV_U64(env, ENV_EIP) += vpc_instruction_length(cpu);
    cpu->machine->emulator->uc.loop_exit(cpu->state);
}

static void require(vpc_cpu *cpu, bool permitted)
{
    if (!permitted)
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);   /* does not return */
}

/* A register of the local APIC. */
static void access_apic(vpc_cpu *cpu, uint32_t number, bool write)
{
    const vpc_devices *devices = &cpu->machine->emulator->devices;
    uint64_t value;
    if (write) {
        require(cpu, devices->msr_write(cpu->id, number, REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX)));
        return;
    }
    require(cpu, devices->msr_read(cpu->id, number, &value));
    answer(cpu, value);
}

/* QEMU's helper ignores writes to these. */
void vpc_msr_access(vpc_cpu *cpu, bool write)
{
    vpc *m = cpu->machine;
    if (write)
        vpc_check_msr(cpu, (uint32_t)REG(cpu->env, VPC_RCX),
                      REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX));
    uint32_t number = (uint32_t)REG(cpu->env, VPC_RCX);
    switch (number) {
    case IA32_TIME_STAMP_COUNTER:
        if (!write)
            answer(cpu, m->ticks + cpu->run.tsc_offset);
        cpu->run.tsc_offset = (REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX)) - m->ticks;
        m->emulator->devices.time_stamp_written(cpu->id);
        break;
    case IA32_APIC_BASE: case IA32_TSC_DEADLINE:
        access_apic(cpu, number, write);
        break;
    case IA32_ARCH_CAPABILITIES:
        if (!write)
            answer(cpu, ARCH_CAPABILITIES);
        require(cpu, false);   /* read-only */
        break;
    default:
        if (number >= X2APIC_FIRST && number <= X2APIC_LAST)
            access_apic(cpu, number, write);
    }
}

void vpc_set_apic_base(vpc *m, uint32_t cpu, uint64_t value) { m->cpu[cpu].run.apic_msr = value; }

uint64_t vpc_time_stamp(const vpc *m, uint32_t cpu) { return m->ticks + m->cpu[cpu].run.tsc_offset; }
