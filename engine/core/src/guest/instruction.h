/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction that a CPU is about to execute. */
#ifndef VPC_GUEST_INSTRUCTION_H
#define VPC_GUEST_INSTRUCTION_H
#include "guest/decode.h"
#include "guest/state.h"

#define VPC_LONGEST_INSTRUCTION 15

/* Decodes the code at a linear address as this CPU would; returns its length, or 0 when it is not mapped or invalid. */
unsigned vpc_decode_at(const vpc_cpu *, uint64_t address, vpc_insn *out);
/* The same at RIP. */
unsigned vpc_decode_next(const vpc_cpu *, vpc_insn *out);
/* The length of the one at RIP, of those whose length does not depend on the operand size. */
unsigned vpc_instruction_length(const vpc_cpu *);

/* INS and OUTS. */
static inline bool vpc_is_string_io(const vpc_insn *i)
{
    return i->map == 0 && i->opcode >= 0x6c && i->opcode <= 0x6f;
}

/* Every instruction that REP repeats: INS, OUTS, MOVS, CMPS, STOS, LODS, SCAS. */
static inline bool vpc_is_string(const vpc_insn *i)
{
    bool test = i->opcode == 0xa8 || i->opcode == 0xa9;   /* TEST with an immediate lies between them */
    return vpc_is_string_io(i) || (i->map == 0 && i->opcode >= 0xa4 && i->opcode <= 0xaf && !test);
}

/* The linear address of a memory operand: base + index * scale + displacement, in its segment; RIP is at the
 * instruction. */
uint64_t vpc_operand_address(const vpc_cpu *, const vpc_insn *);
/* How often a string instruction with REP will be repeated: its count register. */
uint64_t vpc_repeat_count(const vpc_cpu *, const vpc_insn *);
#endif
