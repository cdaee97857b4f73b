/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that Unicorn leaves to its user: SYSCALL, SYSENTER, RDTSC, RDTSCP, CPUID. Semantics follow the Intel SDM
 * (volume 2) and, for SYSCALL, the AMD64 manual (volume 3). */
#include "cpu/instructions.h"
#include "cpu/cpuid.h"
#include "cpu/exceptions.h"
#include "cpu/exits.h"
#include "cpu/intercept.h"
#include "emulator/emulator.h"
#include "emulator/segments.h"
#include "guest/instruction.h"

#define CODE64 0x00a09b00u   /* granular, long, present, DPL 0, code, readable, accessed */
#define DPL3 0x6000u

/* Intel's CPUs have SYSCALL in 64-bit mode only, AMD's have SYSENTER outside of long mode only. */
static bool has_system_call(const vpc_cpu *cpu, bool syscall)
{
    uint32_t flags = ENV_U32(cpu->env, ENV_HFLAGS);
    if (vpc_is_amd(cpu->machine))
        return syscall ? ENV_U64(cpu->env, ENV_EFER) & EFER_SCE : !(flags & HF_LMA);
    return !syscall || (ENV_U64(cpu->env, ENV_EFER) & EFER_SCE && flags & HF_CS64);
}

/* length: of the instruction */
void vpc_syscall(vpc_cpu *cpu, int length)
{
    uint8_t *env = cpu->env;
    unicorn_functions *f = &cpu->machine->emulator->uc;
    if (!has_system_call(cpu, true)) {
        f->raise_exception(env, VPC_VECTOR_UD, 0);
        return;   /* not reached: it leaves by longjmp */
    }
    cpu->machine->emulator->syscalls++;
    uint64_t next = ENV_U64(env, ENV_EIP) + (uint64_t)length, target;
    uint64_t flags = f->read_rflags(env);
    uint32_t selector = ENV_U64(env, ENV_STAR) >> 32 & 0xfffc;
    if (ENV_U32(env, ENV_HFLAGS) & HF_LMA) {
        bool from64 = ENV_U32(env, ENV_HFLAGS) & HF_CS64;
        REG(env, VPC_RCX) = next;
        REG(env, VPC_R11) = flags & ~(uint64_t)RFLAGS_RF;
        f->write_rflags(env, flags & ~(ENV_U64(env, ENV_FMASK) | RFLAGS_RF), 0xffffffff);
        vpc_load_segment(env, VPC_SEG_CS, selector, CODE64);
        target = ENV_U64(env, from64 ? ENV_LSTAR : ENV_CSTAR);
    } else {
        REG(env, VPC_RCX) = (uint32_t)next;
        f->write_rflags(env, flags & ~(uint64_t)(RFLAGS_IF | RFLAGS_RF | RFLAGS_VM), 0xffffffff);
        vpc_load_segment(env, VPC_SEG_CS, selector, VPC_CODE32);
        target = (uint32_t)ENV_U64(env, ENV_STAR);
    }
    vpc_load_segment(env, VPC_SEG_SS, (selector + 8) & 0xfffc, VPC_DATA32);
    vpc_segments_loaded(cpu);
    ENV_U64(env, ENV_EIP) = target;
}

static void on_syscall(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    int length = (int)vpc_instruction_length(cpu);
    vpc_syscall(cpu, length);
    ENV_U64(cpu->env, ENV_EIP) -= (uint64_t)length;   /* Unicorn adds it */
}

static void on_sysenter(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint8_t *env = cpu->env;
    unicorn_functions *f = &cpu->machine->emulator->uc;
    uint32_t selector = ENV_U32(env, ENV_SYSENTER_CS) & 0xfffc;
    if (!has_system_call(cpu, false)) {
        f->raise_exception(env, VPC_VECTOR_UD, 0);
        return;   /* not reached */
    }
    if (!selector) {
        f->raise_exception(env, VPC_VECTOR_GP, 0);
        return;   /* not reached */
    }
    cpu->machine->emulator->syscalls++;
    uint64_t length = vpc_instruction_length(cpu);
    f->write_rflags(env, f->read_rflags(env) & ~(uint64_t)(RFLAGS_IF | RFLAGS_RF | RFLAGS_VM), 0xffffffff);
    vpc_load_segment(env, VPC_SEG_CS, selector, ENV_U32(env, ENV_HFLAGS) & HF_LMA ? CODE64 : VPC_CODE32);
    vpc_load_segment(env, VPC_SEG_SS, selector + 8, VPC_DATA32);
    vpc_segments_loaded(cpu);
    REG(env, VPC_RSP) = ENV_U64(env, ENV_SYSENTER_ESP);
    ENV_U64(env, ENV_EIP) = ENV_U64(env, ENV_SYSENTER_EIP) - length;
}

/* --- RDTSC, RDTSCP, CPUID ---------------------------------------------------------------------------------------- */

static int read_time_stamp(vpc_cpu *cpu)
{
    uint64_t counter = cpu->machine->ticks + cpu->run.tsc_offset;
    REG(cpu->env, VPC_RAX) = (uint32_t)counter;
    REG(cpu->env, VPC_RDX) = counter >> 32;
    return 1;
}

static int on_rdtsc(void *uc, void *data)
{
    (void)uc;
    vpc_time_stamp_read(data, false);
    return read_time_stamp(data);
}

/* As the helper of translated code, with every register exact. */
void vpc_rdtsc(vpc_cpu *cpu)
{
    if (ENV_U64(cpu->env, ENV_CR4) & CR4_TSD && ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL)
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);   /* does not return */
    vpc_intercept_helper(cpu, SVM_RDTSC);
    vpc_time_stamp_read(cpu, false);
    read_time_stamp(cpu);
}

static int on_rdtscp(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc_time_stamp_read(cpu, true);
    REG(cpu->env, VPC_RCX) = (uint32_t)ENV_U64(cpu->env, ENV_TSC_AUX);
    return read_time_stamp(cpu);
}

static int on_cpuid(void *uc, void *data)
{
    (void)uc;
    vpc_identify(data);
    return 1;
}

void vpc_cpuid(vpc_cpu *cpu)
{
    vpc_intercept_helper(cpu, SVM_CPUID);
    vpc_identify(cpu);
}

void vpc_install_instruction_hooks(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_syscall, cpu, 1, 0, UC_X86_INS_SYSCALL);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_sysenter, cpu, 1, 0, UC_X86_INS_SYSENTER);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_rdtsc, cpu, 1, 0, UC_X86_INS_RDTSC);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_rdtscp, cpu, 1, 0, UC_X86_INS_RDTSCP);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_cpuid, cpu, 1, 0, UC_X86_INS_CPUID);
}
