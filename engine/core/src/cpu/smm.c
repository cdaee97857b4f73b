/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System management mode (Intel SDM volume 3, chapter 30).
 *
 * QEMU's own routines save the state and restore it. SMRAM follows the chip set: 64 KiB at a0000 that are RAM outside
 * of the mode. Changing modes swaps the contents of the two, so that nothing outside the mode can access SMRAM. */
#include "cpu/smm.h"
#include <string.h>
#include "emulator/emulator.h"
#include "guest/instruction.h"
#include "guest/memory.h"
#include "vp/fire.h"

static void swap_smram(vpc *m)
{
    uint8_t other[VPC_SMRAM_BYTES], *here = m->ram + VPC_SMRAM;
    memcpy(other, here, sizeof other);
    memcpy(here, m->emulator->smram, sizeof other);
    memcpy(m->emulator->smram, other, sizeof other);
    vpc_memory_changed(m, VPC_SMRAM, VPC_SMRAM_BYTES);
}

static bool has_smram(const vpc *m) { return m->ram_bytes >= VPC_SMRAM + VPC_SMRAM_BYTES; }

uint8_t *vpc_smram(vpc *m)
{
    bool inside = false;
    for (uint32_t i = 0; i < m->ncpus; i++)
        inside |= m->cpu[i].run.smm != SMM_OUTSIDE;
    return inside ? m->ram + VPC_SMRAM : m->emulator->smram;
}

void vpc_smm_reset(vpc_cpu *cpu)
{
    smm_state *state = &cpu->run.smm;
    if (*state != SMM_OUTSIDE)
        swap_smram(cpu->machine);
    *state = SMM_OUTSIDE;
}

void vpc_smi(vpc *m, uint32_t cpu)
{
    if (!has_smram(m) || m->cpu[cpu].run.waiting)
        return;
    m->cpu[cpu].run.smi = true;
    m->tick_limit = 0;
}

/* Give the CPU the SMI that waits for it; in the mode it waits for RSM. */
bool vpc_deliver_smi(vpc_cpu *cpu)
{
    vpc *m = cpu->machine;
    vpc_emulator *emulator = m->emulator;
    if (!cpu->run.smi || cpu->run.smm != SMM_OUTSIDE)
        return false;
    cpu->run.smi = false;
    emulator->smis++;
    vpc_fire_at(m, VPC_PT_SMM_SMI_PRE, cpu, NULL, 0);
    swap_smram(m);
    cpu->run.smm = SMM_ENTERING;
    *interrupt_request(cpu) |= IRQ_SMI;
    return true;
}

void vpc_smm_block(vpc_cpu *cpu)
{
    vpc *m = cpu->machine;
    smm_state *state = &cpu->run.smm;
    bool inside = ENV_U32(cpu->env, ENV_HFLAGS) & HF_SMM;
    if (*state == SMM_ENTERING && inside) {
        *state = SMM_INSIDE;
        vpc_fire_at(m, VPC_PT_SMM_SMI_POST, cpu, NULL, 0);
    } else if (*state == SMM_INSIDE && !inside) {
        swap_smram(m);
        *state = SMM_OUTSIDE;
        vpc_fire_at(m, VPC_PT_SMM_RSM_POST, cpu, NULL, 0);
    }
}

/* The chip set asserts SMI# before the write that caused it is done, so the CPU takes it before the next instruction.
 * Translated code would go on to the end of its block: leave it here. */
void vpc_leave_after_port(vpc_cpu *cpu)
{
    vpc_emulator *emulator = cpu->machine->emulator;
    if (cpu->run.smm != SMM_OUTSIDE)
        return;
    ENV_U64(cpu->env, ENV_EIP) += vpc_instruction_length(cpu);
    emulator->uc.loop_exit(cpu->state);
}

#define RSM_0 0x0f
#define RSM_1 0xaa

static void on_smram_code(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc_attachment *attachment = data;
    vpc_cpu *cpu = attachment->machine->emulator->current;
    uint8_t code[2];
    if (ENV_U32(cpu->env, ENV_HFLAGS) & HF_SMM && vpc_linear_copy(cpu->machine, cpu, address, code, 2) == 2 &&
        code[0] == RSM_0 && code[1] == RSM_1)
        vpc_fire_attached(attachment->machine, attachment, cpu, NULL, 0);
}

/* RSM is seen where the mode's code lies. */
void vpc_hook_rsm(vpc *m, vpc_attachment *attachment)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &attachment->hook[i], UC_HOOK_CODE, (void *)on_smram_code, attachment, VPC_SMRAM,
                 VPC_SMRAM + VPC_SMRAM_BYTES - 1, 0);
    vpc_flush_translations(m);
}
