/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU 5.0 leaves out of returns to another privilege level (Intel SDM volume 2, IRET and SYSRET).
 *
 * A return to an outer ring makes FS and GS null when their segment is of an inner ring; the base is kept, since 64-bit
 * code uses it whatever the selector is. Selectors that are null already become 0. A return to a non-canonical address faults at the instruction. */
#include "cpu/returns.h"
#include "cpu/cpuid.h"
#include "cpu/exceptions.h"
#include "cpu/user_stack.h"
#include "emulator/emulator.h"
#include "emulator/helpers.h"
#include "emulator/tlb.h"
#include "guest/instruction.h"
#include "guest/registers.h"

#define REX_W 8u
#define SELECTOR_INDEX 0xfffcu

enum { FAR_POINTER = 2, SHORT_FRAME = 3, WHOLE_FRAME = 5 };   /* words on the stack */

static const int kept_segments[VPC_KEPT_BASES] = {VPC_SEG_FS, VPC_SEG_GS};

static bool is_null(const vpc_cpu *cpu, int segment)
{
    return !(ENV_U32(SEG(cpu->env, segment, SEG_SELECTOR), 0) & SELECTOR_INDEX);
}

static void keep_bases(vpc_cpu *cpu)
{
    cpu->kept_level = ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL;
    for (int i = 0; i < VPC_KEPT_BASES; i++)
        cpu->kept_base[i] = is_null(cpu, kept_segments[i]) ? 0 : SEGMENT_BASE(cpu->env, kept_segments[i]);
}

static void clear_null_selectors(vpc_cpu *cpu)
{
    static const int segments[] = {VPC_SEG_DS, VPC_SEG_ES, VPC_SEG_FS, VPC_SEG_GS};
    for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++)
        if (is_null(cpu, segments[i]))
            ENV_U32(SEG(cpu->env, segments[i], SEG_SELECTOR), 0) = 0;
}

void vpc_before_far_return(vpc_cpu *cpu)
{
    vpc_lend_stack(cpu, FAR_POINTER, VPC_CALLER);
    keep_bases(cpu);
}

/* RF is of use for breakpoints on instructions alone, and a block that runs with it is one instruction. */
void vpc_after_return(vpc_cpu *cpu)
{
    vpc_take_stack_back(cpu);
    if (!cpu->debug.ncode)
        ENV_U64(cpu->env, ENV_EFLAGS) &= ~(uint64_t)RFLAGS_RF;
    bool outer = (ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL) > cpu->kept_level;
    if (outer && !(ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_VM))
        clear_null_selectors(cpu);
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_LMA))
        return;
    for (int i = 0; i < VPC_KEPT_BASES; i++)
        if (cpu->kept_base[i] && is_null(cpu, kept_segments[i]))
            SEGMENT_BASE(cpu->env, kept_segments[i]) = cpu->kept_base[i];
}

/* Raises #GP(0) when the instruction, at which a helper was called, is a return of 64 bits. */
static void refuse(vpc_cpu *cpu, uintptr_t caller)
{
    vpc_insn insn;
    cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
    if (vpc_decode_next(cpu, &insn) && insn.rex & REX_W)
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);
}

/* The word on top of the stack; 0 when it cannot be read. */
static uint64_t stack_top(const vpc_cpu *cpu)
{
    uint64_t value = 0;
    vpc_tlb_copy(cpu, REG(cpu->env, VPC_RSP), &value, sizeof value);
    return value;
}

/* IRET lets the next NMI come, even when it faults (SDM volume 3, 6.7.1). */
void vpc_before_iret(vpc_cpu *cpu)
{
    ENV_U32(cpu->env, ENV_HFLAGS2) &= ~HF2_NMI;
    if (ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64 && !vpc_is_canonical(stack_top(cpu)))
        refuse(cpu, VPC_CALLER);
    vpc_lend_stack(cpu, ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64 ? WHOLE_FRAME : SHORT_FRAME, VPC_CALLER);
    vpc_hide_vm(cpu, VPC_CALLER);
    keep_bases(cpu);
}

/* Intel's CPUs have SYSRET in 64-bit mode only. */
void vpc_before_sysret(vpc_cpu *cpu)
{
    if (!vpc_is_amd(cpu->machine) && !(ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64)) {
        cpu->machine->emulator->uc.restore_state(cpu->state, VPC_CALLER, false);
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_UD, 0);   /* does not return */
    }
    if (!vpc_is_canonical(REG(cpu->env, VPC_RCX)))
        refuse(cpu, VPC_CALLER);
}
