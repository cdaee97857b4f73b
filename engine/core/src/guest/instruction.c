/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/instruction.h"
#include "guest/memory.h"
#include "guest/registers.h"

unsigned vpc_decode_at(const vpc_cpu *cpu, uint64_t address, vpc_insn *out)
{
    uint8_t code[VPC_LONGEST_INSTRUCTION];
    uint64_t n = vpc_linear_copy(cpu->machine, cpu, address, code, sizeof code);
    return vpc_decode(code, n, ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64 ? 64 : 32, out);
}

unsigned vpc_decode_next(const vpc_cpu *cpu, vpc_insn *out) { return vpc_decode_at(cpu, vpc_rip_linear(cpu), out); }

unsigned vpc_instruction_length(const vpc_cpu *cpu)
{
    vpc_insn insn;
    return vpc_decode_next(cpu, &insn);
}

uint64_t vpc_repeat_count(const vpc_cpu *cpu, const vpc_insn *insn)
{
    uint64_t rcx = REG(cpu->env, VPC_RCX);
    bool address_size = insn->address_bytes == (insn->bits == 64 ? 4 : 2);
    if (insn->bits == 64)
        return address_size ? (uint32_t)rcx : rcx;
    return (vpc_code_bits(cpu) == 32) != address_size ? (uint32_t)rcx : (uint16_t)rcx;
}

uint64_t vpc_operand_address(const vpc_cpu *cpu, const vpc_insn *insn)
{
    const uint8_t *env = cpu->env;
    uint64_t address = (uint64_t)insn->displacement;
    if (insn->rip_relative)
        address += ENV_U64(env, ENV_EIP) + insn->length;
    if (insn->base >= 0)
        address += REG(env, insn->base);
    if (insn->index >= 0)
        address += REG(env, insn->index) << insn->scale;
    if (insn->address_bytes == 4)
        address = (uint32_t)address;
    bool stack = insn->base == VPC_RSP || insn->base == VPC_RBP;
    uint32_t segment = insn->override >= 0 ? (uint32_t)insn->override : stack ? VPC_SEG_SS : VPC_SEG_DS;
    bool has_base = insn->bits != 64 || segment >= VPC_SEG_FS;
    return has_base ? address + SEGMENT_BASE(env, segment) : address;
}
