/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Far calls and returns of ring 3.
 *
 * QEMU's routines access the stack with the rights of ring 0. In ring 3 that would read and write pages of the kernel,
 * and be a violation of SMAP on those of the program. */
#include "cpu/user_stack.h"
#include "emulator/emulator.h"
#include "emulator/helpers.h"
#include "emulator/page_walk.h"
#include "emulator/tlb.h"
#include "guest/instruction.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define REX_W 8u
#define FAR_POINTER 2u   /* words: offset and selector */
#define FLAGS_TOO 3u

static unsigned word_bytes(const vpc_cpu *cpu, const vpc_insn *insn)
{
    int bits = vpc_code_bits(cpu);
    if (bits == 64 && insn->rex & REX_W)
        return 8;
    return (bits == 16) != insn->operand_prefix ? 2 : 4;
}

static uint64_t stack_address(const vpc_cpu *cpu, uint64_t offset)
{
    uint64_t rsp = REG(cpu->env, VPC_RSP) + offset;
    if (vpc_code_bits(cpu) == 64)
        return rsp;
    bool wide = ENV_U32(SEG(cpu->env, VPC_SEG_SS, SEG_FLAGS), 0) & SEGMENT_DEFAULT_32;
    return (uint32_t)(SEGMENT_BASE(cpu->env, VPC_SEG_SS) + (wide ? (uint32_t)rsp : (uint16_t)rsp));
}

void vpc_lend_stack(vpc_cpu *cpu, unsigned words, bool pushes, uintptr_t caller)
{
    vpc_insn insn;
    uint32_t *flags = &ENV_U32(cpu->env, ENV_HFLAGS);
    if ((*flags & HF_CPL) != 3)
        return;
    cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
    if (!vpc_decode_next(cpu, &insn))
        return;
    uint64_t bytes = (uint64_t)words * word_bytes(cpu, &insn);
    vpc_tlb_ask(cpu, stack_address(cpu, pushes ? -bytes : 0), bytes, pushes ? ACCESS_STORE : ACCESS_LOAD, caller);
    if (*flags & HF_SMAP)
        cpu->lends_stack = true;
    *flags &= ~HF_SMAP;
}

#define VM_BYTE 2u       /* of RFLAGS */
#define VM_IN_BYTE 2u

/* Only ring 0 enters virtual-8086 mode (SDM volume 2, IRET). QEMU's routine looks at the image of RFLAGS alone, so the flag
 * is hidden in the guest's memory while it runs. */
void vpc_hide_vm(vpc_cpu *cpu)
{
    vpc *m = cpu->machine;
    uint64_t physical;
    vpc_insn insn;
    if ((ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL) != 3 || !vpc_decode_next(cpu, &insn) || word_bytes(cpu, &insn) != 4)
        return;
    uint64_t address = stack_address(cpu, FAR_POINTER * 4 + VM_BYTE);
    if (!vpc_walk(m, cpu, address, &physical) || physical >= m->ram_bytes || !(m->ram[physical] & VM_IN_BYTE))
        return;
    cpu->hidden_vm = m->ram + physical;
    *cpu->hidden_vm &= (uint8_t)~VM_IN_BYTE;
}

void vpc_take_stack_back(vpc_cpu *cpu)
{
    if (cpu->hidden_vm)
        *cpu->hidden_vm |= VM_IN_BYTE;
    cpu->hidden_vm = NULL;
    if (cpu->lends_stack)
        ENV_U32(cpu->env, ENV_HFLAGS) |= HF_SMAP;
    cpu->lends_stack = false;
}

void vpc_before_far_call(vpc_cpu *cpu) { vpc_lend_stack(cpu, FAR_POINTER, true, VPC_CALLER); }

/* Of virtual-8086 mode; in real mode there are no rings. */
void vpc_before_short_iret(vpc_cpu *cpu) { vpc_lend_stack(cpu, FLAGS_TOO, false, VPC_CALLER); }
