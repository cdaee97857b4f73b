/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built-in integer variables (manual, tables 2-1 to 2-5), read from where the CPU keeps them. */
#include <time.h>
#include "guest/registers.h"

#define SEGMENT(index) (ENV_SEGS + (index) * ENV_SEG_BYTES)
#define PART_VALUE 0
#define PART_RIGHTS 1
#define PART_BASE 2
#define PART_LIMIT 3
#define BUSY 2u   /* the task of TR is busy (SDM volume 3, 7.2.3); QEMU keeps the bit in memory only */
#define ACCESS_RIGHTS 0xF0FFu   /* descriptor bits 8-15 and 20-23, as VMX and LAR show them */

/* Segment registers in the order of variables.h (CS SS DS ES FS GS TR LDTR). */
static const uint16_t segment_at[] = {
    SEGMENT(VPC_SEG_CS), SEGMENT(VPC_SEG_SS), SEGMENT(VPC_SEG_DS), SEGMENT(VPC_SEG_ES),
    SEGMENT(VPC_SEG_FS), SEGMENT(VPC_SEG_GS), ENV_TR,              ENV_LDT};

#define GENERAL(name) [VPC_VAR_##name] = ENV_REGS + 8 * VPC_##name + 1
const uint16_t vpc_variable_at[VPC_VAR_COUNT] = {
    GENERAL(RAX), GENERAL(RBX), GENERAL(RCX), GENERAL(RDX), GENERAL(RSI), GENERAL(RDI), GENERAL(RSP), GENERAL(RBP),
    GENERAL(R8),  GENERAL(R9),  GENERAL(R10), GENERAL(R11), GENERAL(R12), GENERAL(R13), GENERAL(R14), GENERAL(R15),
    [VPC_VAR_RIP] = ENV_EIP + 1,
    [VPC_VAR_GDTRBASE] = ENV_GDT + SEG_BASE + 1,
    [VPC_VAR_IDTRBASE] = ENV_IDT + SEG_BASE + 1,
    [VPC_VAR_CR0] = ENV_CR0 + 1,
    [VPC_VAR_CR2] = ENV_CR2 + 1,
    [VPC_VAR_CR3] = ENV_CR3 + 1,
    [VPC_VAR_CR4] = ENV_CR4 + 1,
    [VPC_VAR_DR6] = ENV_DR6 + 1,
    [VPC_VAR_DR7] = ENV_DR7 + 1,
    [VPC_VAR_EFER] = ENV_EFER + 1,
    [VPC_VAR_KERNELGSBASE] = ENV_KERNELGSBASE + 1,
};

static uint64_t segment(const uint8_t *env, uint32_t which)
{
    const uint8_t *at = env + segment_at[which / 4];
    switch (which % 4) {
    case PART_VALUE: return ENV_U32(at, SEG_SELECTOR) & 0xFFFF;
    case PART_RIGHTS: return (ENV_U32(at, SEG_FLAGS) >> 8 & ACCESS_RIGHTS) | (at == env + ENV_TR ? BUSY : 0);
    case PART_BASE: return ENV_U64(at, SEG_BASE);
    default: return ENV_U32(at, SEG_LIMIT);
    }
}

static uint64_t cpu_variable(const vpc_cpu *cpu, uint32_t variable)
{
    const uint8_t *env = cpu->env;
    switch (variable) {
    case VPC_VAR_RFLAGS: return cpu->read_rflags ? cpu->read_rflags(cpu->env) : ENV_U64(env, ENV_EFLAGS);
    case VPC_VAR_GDTRLIMIT: return ENV_U32(env + ENV_GDT, SEG_LIMIT);
    case VPC_VAR_IDTRLIMIT: return ENV_U32(env + ENV_IDT, SEG_LIMIT);
    case VPC_VAR_CR8: return *(const uint8_t *)(env + ENV_TPR) & 0xF;
    case VPC_VAR_APIC_BASEPA: return cpu->run.apic_msr & APIC_BASE_ADDRESS;
    case VPC_VAR_SMM: return (ENV_U32(env, ENV_HFLAGS) & HF_SMM) != 0;
    case VPC_VAR_VCPUID: return cpu->id;
    case VPC_VAR_HVSTATE: return 1;   /* exits are always those of hardware-assisted virtualization */
    default: break;
    }
    if (variable >= VPC_VAR_CS && variable <= VPC_VAR_LDTRLIMIT)
        return segment(env, variable - VPC_VAR_CS);
    return cpu->exit_field[variable - VPC_EXIT_FIELD_FIRST];
}

/* The host's time stamp counter; where there is none, nanoseconds. */
static uint64_t host_counter(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

int vpc_other_variable(vpc *m, vpc_cpu *cpu, const uint64_t *args, uint32_t variable, uint64_t *out)
{
    if (variable < VPC_VAR_VCPU_END) {
        if (!cpu)
            return VPC_RUNTIME_NO_VCPU;
        *out = cpu_variable(cpu, variable);
        return VPC_RUNTIME_NONE;
    }
    switch (variable) {
    case VPC_VAR_TSC: *out = m->ticks; break;
    case VPC_VAR_TSC_HZ: *out = m->tsc_hz; break;
    case VPC_VAR_PCPUID: *out = 0; break;  /* one host thread runs every VCPU */
    case VPC_VAR_THREADID:
    case VPC_VAR_WORLDID: *out = cpu ? cpu->id : m->ncpus; break;
    case VPC_VAR_NUMVCPUS: *out = m->ncpus; break;
    case VPC_VAR_BRCNT: *out = m->blocks; break;
    case VPC_VAR_ISVMM: *out = cpu != NULL; break;
    case VPC_VAR_RDTSC: *out = host_counter(); break;
    default: *out = args ? args[variable - VPC_VAR_ARG0] : 0; break;
    }
    return VPC_RUNTIME_NONE;
}

int vpc_read_variable(vpc *m, int cpu, uint32_t variable, uint64_t *out)
{
    if (variable >= VPC_VAR_COUNT || cpu >= (int)m->ncpus)
        return VPC_RUNTIME_NO_VCPU;
    return vpc_variable(m, cpu < 0 ? NULL : &m->cpu[cpu], NULL, variable, out);
}
