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

/* Ring 3 accesses bytes of its stack, at its top or, where it pushes, below. */
static void lend(vpc_cpu *cpu, uint64_t bytes, bool pushes, uintptr_t caller)
{
    uint32_t *flags = &ENV_U32(cpu->env, ENV_HFLAGS);
    if (bytes)
        vpc_tlb_ask(cpu, stack_address(cpu, pushes ? -bytes : 0), bytes, pushes ? ACCESS_STORE : ACCESS_LOAD, caller);
    if (*flags & HF_SMAP)
        cpu->lends_stack = true;
    *flags &= ~HF_SMAP;
}

/* In ring 3, decode the instruction that calls one of QEMU's routines. Returns whether it did. */
static bool decode_of_ring_3(vpc_cpu *cpu, vpc_insn *insn, uintptr_t caller)
{
    if ((ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL) != 3)
        return false;
    cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
    return vpc_decode_next(cpu, insn);
}

void vpc_lend_stack(vpc_cpu *cpu, unsigned words, uintptr_t caller)
{
    vpc_insn insn;
    if (decode_of_ring_3(cpu, &insn, caller))
        lend(cpu, (uint64_t)words * word_bytes(cpu, &insn), false, caller);
}

#define VM_BYTE 2u       /* of RFLAGS */
#define VM_IN_BYTE 2u

/* Only ring 0 enters virtual-8086 mode (SDM volume 2, IRET). QEMU's routine looks at the image of RFLAGS alone, so the flag
 * is hidden in the guest's memory while it runs. */
void vpc_hide_vm(vpc_cpu *cpu, uintptr_t caller)
{
    vpc *m = cpu->machine;
    uint64_t physical;
    vpc_insn insn;
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL))
        return;
    m->emulator->uc.restore_state(cpu->state, caller, false);
    if (!vpc_decode_next(cpu, &insn) || word_bytes(cpu, &insn) != 4)
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

/* --- far calls --------------------------------------------------------------------------------------------------- */

#define FAR_CALL 0x9a
#define TABLE_LOCAL 4u           /* of a selector */
#define DESCRIPTOR_BYTES 8u
#define CALL_GATE 4u             /* the type of its descriptor, plus 8 when it is not one of 16 bits */

static uint32_t type_of(uint64_t descriptor) { return descriptor >> 40 & 15; }
static uint32_t level_of(uint64_t descriptor) { return descriptor >> 45 & 3; }
static bool is_system(uint64_t descriptor) { return !(descriptor >> 44 & 1); }
static bool is_conforming(uint64_t descriptor) { return descriptor >> 42 & 1; }
static uint64_t parameters_of(uint64_t gate) { return gate >> 32 & 31; }
static uint16_t target_of(uint64_t gate) { return (uint16_t)(gate >> 16); }

/* 0, which is no valid descriptor, where there is none. */
static uint64_t descriptor_of(const vpc_cpu *cpu, uint16_t selector)
{
    const uint8_t *table = cpu->env + (selector & TABLE_LOCAL ? ENV_LDT : ENV_GDT);
    uint64_t offset = selector & ~7ull, descriptor = 0;
    if (offset && offset + DESCRIPTOR_BYTES - 1 <= ENV_U32(table, SEG_LIMIT))
        vpc_linear_copy(cpu->machine, cpu, ENV_U64(table, SEG_BASE) + offset, (uint8_t *)&descriptor, DESCRIPTOR_BYTES);
    return descriptor;
}

/* The descriptor that a far CALL names. Memory operands are decoded in 32- and 64-bit code. */
static uint64_t called_descriptor(const vpc_cpu *cpu, const vpc_insn *insn)
{
    unsigned bytes = word_bytes(cpu, insn), decoded = insn->operand_prefix ? 2 : 4;   /* as code of 32 bits */
    uint16_t selector = 0;
    uint64_t at = insn->opcode == FAR_CALL ? vpc_rip_linear(cpu) + insn->length - sizeof selector - decoded
                                           : vpc_operand_address(cpu, insn);
    vpc_linear_copy(cpu->machine, cpu, at + bytes, (uint8_t *)&selector, sizeof selector);
    return descriptor_of(cpu, selector);
}

/* SDM volume 2, CALL: a call gate to an inner ring reads its parameters here and pushes on that ring's stack; another one
 * pushes words of its own size. A task switch and a descriptor that faults push nothing. */
static void lend_to_gate(vpc_cpu *cpu, uint64_t gate, uintptr_t caller)
{
    bool wide = ENV_U32(cpu->env, ENV_HFLAGS) & HF_LMA;
    uint64_t word = type_of(gate) & 8 ? (wide ? 8 : 4) : 2, code = descriptor_of(cpu, target_of(gate));
    if ((type_of(gate) & 7) != CALL_GATE)
        return;
    if (is_conforming(code) || level_of(code) == 3)
        lend(cpu, FAR_POINTER * word, true, caller);
    else
        lend(cpu, wide ? 0 : parameters_of(gate) * word, false, caller);
}

void vpc_before_far_call(vpc_cpu *cpu)
{
    vpc_insn insn;
    if (!decode_of_ring_3(cpu, &insn, VPC_CALLER))
        return;
    uint64_t called = vpc_code_bits(cpu) == 16 && insn.opcode != FAR_CALL ? 0 : called_descriptor(cpu, &insn);
    if (called && is_system(called))
        lend_to_gate(cpu, called, VPC_CALLER);
    else
        lend(cpu, (uint64_t)FAR_POINTER * word_bytes(cpu, &insn), true, VPC_CALLER);
}

/* Those of virtual-8086 mode; in real mode there are no rings. */
void vpc_before_short_call(vpc_cpu *cpu)
{
    vpc_insn insn;
    if (decode_of_ring_3(cpu, &insn, VPC_CALLER))
        lend(cpu, (uint64_t)FAR_POINTER * word_bytes(cpu, &insn), true, VPC_CALLER);
}

void vpc_before_short_iret(vpc_cpu *cpu) { vpc_lend_stack(cpu, FLAGS_TOO, VPC_CALLER); }
