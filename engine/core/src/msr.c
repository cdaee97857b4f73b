/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers of this machine that QEMU does not keep (Intel SDM volume 4, table 2-2). */
#include "side.h"

enum { RAX, RCX, RDX };
#define REG(env, number) ENV_U64(env, ENV_REGS + 8 * (number))
#define IA32_APIC_BASE 0x1b

/* RDMSR of such a register is done here, in place of QEMU's helper: the helper has put every register in order, and
 * execution goes on behind the instruction. */
void vpc_msr_access(vpc_cpu *cpu, bool write)
{
    vpc *m = cpu->machine;
    uint8_t *env = cpu->env;
    if ((uint32_t)REG(env, RCX) != IA32_APIC_BASE || write)
        return;   /* writes: the APIC stays where it is */
    REG(env, RAX) = (uint32_t)m->side->apic_msr;
    REG(env, RDX) = m->side->apic_msr >> 32;
    ENV_U64(env, ENV_EIP) += vpc_instruction_length(cpu);
    m->side->uc.loop_exit(cpu->state);
}

void vpc_set_apic_base(vpc *m, uint64_t value)
{
    m->side->apic_msr = value;
    m->apic_base = value & 0xfffffffff000ull;
}
