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

/* QEMU's helper ignores writes to these. */
void vpc_msr_access(vpc_cpu *cpu, bool write)
{
    vpc *m = cpu->machine;
    if (write)
        vpc_check_msr(cpu, (uint32_t)REG(cpu->env, VPC_RCX),
                      REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX));
    switch ((uint32_t)REG(cpu->env, VPC_RCX)) {
    case IA32_TIME_STAMP_COUNTER:
        if (!write)
            answer(cpu, m->ticks + cpu->run.tsc_offset);
        cpu->run.tsc_offset = (REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX)) - m->ticks;
        break;
    case IA32_APIC_BASE:
        if (!write)
            answer(cpu, m->apic_msr);
        break;   /* the APIC cannot be moved */
    case IA32_ARCH_CAPABILITIES:
        if (!write)
            answer(cpu, ARCH_CAPABILITIES);
        m->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);   /* read-only; does not return */
    }
}

void vpc_set_apic_base(vpc *m, uint64_t value)
{
    m->apic_msr = value;
    m->apic_base = value & 0xfffffffff000ull;
}
