/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading registers from the state of a CPU. */
#ifndef VPC_GUEST_REGISTERS_H
#define VPC_GUEST_REGISTERS_H
#include "guest/state.h"
#include "include/registers.h"

#define REG(env, number) ENV_U64(env, ENV_REGS + 8 * (number))

#define SEG(env, number, field) ((env) + ENV_SEGS + ENV_SEG_BYTES * (number) + (field))
#define SEGMENT_BASE(env, number) ENV_U64(SEG(env, number, SEG_BASE), 0)

/* Attributes of a segment as the CPU caches them: the high word of its descriptor (Intel SDM volume 3, 3.4.5). */
#define SEGMENT_DEFAULT_32 0x400000u
#define SEGMENT_LONG 0x200000u

#define CR0_PE 1u
#define CR0_WP 0x10000u
#define CR0_PG 0x80000000u
#define CR4_TSD 0x4u
#define CR4_DE 0x8u
#define CR4_PSE 0x10u
#define CR4_PAE 0x20u
#define CR4_PGE 0x80u
#define CR4_OSFXSR 0x200u
#define CR4_LA57 0x1000u
#define CR4_PCIDE 0x20000u
#define CR4_SMEP 0x100000u
#define CR4_PKE 0x400000u
#define EFER_SCE 1u
#define EFER_LMA 0x400u
#define EFER_NXE 0x800u
#define RFLAGS_TF 0x100u
#define RFLAGS_IF 0x200u
#define RFLAGS_IOPL 0x3000u
#define RFLAGS_RF 0x10000u
#define RFLAGS_VM 0x20000u
#define RFLAGS_AC 0x40000u
#define APIC_BASE_BOOTSTRAP 0x100u
#define APIC_BASE_ENABLED 0x800u
#define APIC_BASE_ADDRESS 0xfffffff000ull   /* as many bits as CPUID says an address has */
#define APIC_BYTES 0x1000u

/* Of physical addresses, as CPUID reports. */
#define VPC_PHYSICAL_BITS 40

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

static inline bool vpc_is_canonical(uint64_t address) { return (uint64_t)((int64_t)(address << 16) >> 16) == address; }

static inline bool vpc_interrupts_enabled(const vpc_cpu *cpu) { return ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_IF; }

/* Variables that the state of a CPU holds as they are, 64 bits each: their offset there plus 1. 0: others. */
extern const uint16_t vpc_variable_at[VPC_VAR_COUNT];

int vpc_other_variable(vpc *, vpc_cpu *, const uint64_t *args, uint32_t variable, uint64_t *out);

/* A built-in integer variable; cpu is NULL in VMX context. Returns VPC_RUNTIME_NONE or VPC_RUNTIME_NO_VCPU. */
static inline int vpc_variable(vpc *m, vpc_cpu *cpu, const uint64_t *args, uint32_t variable, uint64_t *out)
{
    uint16_t at = vpc_variable_at[variable];
    if (!at || !cpu)
        return vpc_other_variable(m, cpu, args, variable, out);
    *out = ENV_U64(cpu->env, at - 1);
    return VPC_RUNTIME_NONE;
}
#endif
