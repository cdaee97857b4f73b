/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers as the instruction set numbers them, and how they are read from the CPU's state. */
#ifndef VPC_GUEST_REGISTERS_H
#define VPC_GUEST_REGISTERS_H
#include "guest/state.h"

/* General registers. */
enum { VPC_RAX, VPC_RCX, VPC_RDX, VPC_RBX, VPC_RSP, VPC_RBP, VPC_RSI, VPC_RDI, VPC_R8, VPC_R9, VPC_R10, VPC_R11, VPC_R12,
       VPC_R13, VPC_R14, VPC_R15, VPC_GENERAL_REGISTERS };
#define REG(env, number) ENV_U64(env, ENV_REGS + 8 * (number))

/* Segment registers. */
enum { VPC_SEG_ES, VPC_SEG_CS, VPC_SEG_SS, VPC_SEG_DS, VPC_SEG_FS, VPC_SEG_GS };
#define SEG(env, number, field) ((env) + ENV_SEGS + ENV_SEG_BYTES * (number) + (field))
#define SEGMENT_BASE(env, number) ENV_U64(SEG(env, number, SEG_BASE), 0)

/* Attributes of a segment as the CPU caches them: the high word of its descriptor (Intel SDM volume 3, 3.4.5). */
#define SEGMENT_DEFAULT_32 0x400000u
#define SEGMENT_LONG 0x200000u

#define CR0_PE 1u
#define CR0_PG 0x80000000u
#define CR4_PSE 0x10u
#define CR4_PAE 0x20u
#define EFER_SCE 1u
#define EFER_LMA 0x400u
#define RFLAGS_IF 0x200u
#define RFLAGS_RF 0x10000u
#define RFLAGS_VM 0x20000u

/* 64-bit, 32-bit or 16-bit code, by the CS descriptor and EFER.LMA. */
static inline int vpc_code_bits(const vpc_cpu *cpu)
{
    uint32_t flags = ENV_U32(SEG(cpu->env, VPC_SEG_CS, SEG_FLAGS), 0);
    if (ENV_U64(cpu->env, ENV_EFER) & EFER_LMA && flags & SEGMENT_LONG)
        return 64;
    return flags & SEGMENT_DEFAULT_32 ? 32 : 16;
}

/* The linear address of the next instruction. */
static inline uint64_t vpc_rip_linear(const vpc_cpu *cpu)
{
    return SEGMENT_BASE(cpu->env, VPC_SEG_CS) + ENV_U64(cpu->env, ENV_EIP);
}

static inline bool vpc_interrupts_enabled(const vpc_cpu *cpu) { return ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_IF; }

/* A built-in integer variable; cpu is NULL in VMX context. Returns VPC_RUNTIME_NONE or VPC_RUNTIME_NO_VCPU. */
int vpc_variable(vpc *, vpc_cpu *, const uint64_t *args, uint32_t variable, uint64_t *out);
#endif
