/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers from outside: where a CPU stands before its first instruction. */
#include "emulator/emulator.h"
#include "emulator/segments.h"

#define REAL_CODE 0x9b00u
#define REAL_DATA 0x9300u

static int register_offset(uint32_t number)
{
    return number < VPC_GENERAL_REGISTERS ? ENV_REGS + 8 * (int)number : ENV_EIP;
}

uint64_t vpc_cpu_register(const vpc *m, uint32_t cpu, uint32_t number)
{
    return ENV_U64(m->cpu[cpu].env, register_offset(number));
}

void vpc_set_rflags(vpc *m, uint32_t cpu, uint64_t value)
{
    m->emulator->uc.write_rflags(m->cpu[cpu].env, value, 0xffffffff);
}

void vpc_set_register(vpc *m, uint32_t cpu, uint32_t number, uint64_t value)
{
    ENV_U64(m->cpu[cpu].env, register_offset(number)) = value;
}

int vpc_cpu_halted(const vpc *m, uint32_t cpu) { return m->cpu[cpu].run.halted; }

void vpc_set_real_segment(vpc *m, uint32_t cpu, uint32_t number, uint32_t selector)
{
    uint8_t *env = m->cpu[cpu].env;
    vpc_load_segment(env, number, selector, number == VPC_SEG_CS ? REAL_CODE : REAL_DATA);
    SEGMENT_BASE(env, number) = (uint64_t)selector << 4;
    ENV_U32(SEG(env, number, SEG_LIMIT), 0) = 0xffff;
    vpc_segments_loaded(&m->cpu[cpu]);
}

void vpc_set_flat_segments(vpc *m, uint32_t cpu, uint32_t code, uint32_t data)
{
    uint8_t *env = m->cpu[cpu].env;
    for (uint32_t number = VPC_SEG_ES; number <= VPC_SEG_GS; number++)
        vpc_load_segment(env, number, number == VPC_SEG_CS ? code : data,
                         number == VPC_SEG_CS ? VPC_CODE32 : VPC_DATA32);
    ENV_U64(env, ENV_CR0) |= CR0_PE;
    vpc_segments_loaded(&m->cpu[cpu]);
}

void vpc_set_idt(vpc *m, uint32_t cpu, uint64_t base, uint32_t limit)
{
    ENV_U64(m->cpu[cpu].env, ENV_IDT + SEG_BASE) = base;
    ENV_U32(m->cpu[cpu].env, ENV_IDT + SEG_LIMIT) = limit;
}
