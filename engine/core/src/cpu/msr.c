/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers (Intel SDM volume 4, table 2-2). QEMU reads 0 from one that it does not know; here such an
 * access faults, as does a write of reserved bits. */
#include "cpu/msr.h"
#include "cpu/cpuid.h"
#include "cpu/debug.h"
#include "cpu/exceptions.h"
#include "cpu/mtrr.h"
#include "cpu/reserved.h"
#include "emulator/emulator.h"
#include "guest/registers.h"

enum { IA32_TIME_STAMP_COUNTER = 0x10, IA32_APIC_BASE = 0x1b, IA32_TSC_ADJUST = 0x3b, IA32_BIOS_UPDT_TRIG = 0x79,
       IA32_ARCH_CAPABILITIES = 0x10a, IA32_MISC_ENABLE = 0x1a0, IA32_DEBUGCTL = 0x1d9, IA32_MC0_CTL = 0x400,
       IA32_TSC_DEADLINE = 0x6e0, X2APIC_FIRST = 0x800, X2APIC_LAST = 0x8ff };

/* Nothing is executed speculatively here, so the CPU has none of the weaknesses of that kind: RDCL_NO (no Meltdown),
 * SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, IF_PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO, PSDP_NO, BHI_NO, PBRSB_NO,
 * GDS_NO, RFDS_NO, ITS_NO. */
#define ARCH_CAPABILITIES                                                                                              \
    (1ull << 0 | 1ull << 3 | 1ull << 4 | 1ull << 5 | 1ull << 6 | 1ull << 8 | 1ull << 13 | 1ull << 14 | 1ull << 15 |    \
     1ull << 20 | 1ull << 24 | 1ull << 26 | 1ull << 27 | 1ull << 62)

/* IA32_MISC_ENABLE as firmware leaves it: fast strings; no branch traces and no sampling, bits that are read-only. Those
 * of MONITOR and XD Bit Disable are kept, and do nothing. */
#define MISC_RESET (1ull << 0 | 1ull << 11 | 1ull << 12)
#define MISC_READ_ONLY (1ull << 7 | 1ull << 11 | 1ull << 12)
#define MISC_WRITABLE (1ull << 0 | 1ull << 3 | 1ull << 16 | 1ull << 18 | 1ull << 22 | 1ull << 23 | 1ull << 34)
#define DEBUG_CONTROL_BITS 3u       /* LBR and BTF are kept, and do nothing */
#define MTRR_CAPABILITIES (1u << 10 /* write combining */ | 1u << 8 /* fixed ranges */ | VPC_VARIABLE_MTRRS)
#define REVISION (1ull << 32)       /* of the microcode */
#define FEATURES_LOCKED 1u

#define TSC_IS_STABLE (1u << 24)    /* it does not follow changes of the frequency */
#define SVM_DISABLED 0x18u          /* and locked */
#define LFENCE_WAITS 2u             /* for all instructions before it */

#define ALL UINT64_MAX
#define LOWER UINT32_MAX
#define BANKS 10
#define BANK_REGISTERS 4
enum { BANK_CONTROL, BANK_STATUS };

/* How a register is kept: by QEMU, with these bits writable; or it reads as a constant, and a write faults, or does
 * nothing when the bits are in the mask. */
typedef struct {
    uint32_t first, last;
    bool kept;
    uint64_t writable, value;
} msr_range;

static const msr_range ranges[] = {
    {0x17, 0x17, false, 0, 0},                   /* IA32_PLATFORM_ID */
    {0x34, 0x34, true, 0, 0},                    /* MSR_SMI_COUNT */
    {0x3a, 0x3a, false, 0, FEATURES_LOCKED},     /* IA32_FEATURE_CONTROL */
    {0x8b, 0x8b, false, ALL, REVISION},          /* IA32_BIOS_SIGN_ID */
    {0xfe, 0xfe, false, 0, MTRR_CAPABILITIES},   /* IA32_MTRRCAP */
    {0x174, 0x176, true, ALL, 0},                /* IA32_SYSENTER_CS, ESP, EIP */
    {0x179, 0x179, true, 0, 0},                  /* IA32_MCG_CAP */
    {0x17a, 0x17a, true, 0xf, 0},                /* IA32_MCG_STATUS */
    {0x17b, 0x17b, true, ALL, 0},                /* IA32_MCG_CTL */
    {0x198, 0x198, false, 0, 0},                 /* IA32_PERF_STATUS */
    {0x400, 0x400 + BANKS * BANK_REGISTERS - 1, true, ALL, 0},   /* IA32_MC0_CTL and those that follow */
    {0xc0000080, 0xc0000083, true, ALL, 0},      /* IA32_EFER, STAR, LSTAR, CSTAR */
    {0xc0000084, 0xc0000084, true, LOWER, 0},    /* IA32_FMASK */
    {0xc0000100, 0xc0000102, true, ALL, 0},      /* IA32_FS_BASE, GS_BASE, KERNEL_GS_BASE */
    {0xc0000103, 0xc0000103, true, LOWER, 0},    /* IA32_TSC_AUX */
};

/* Of AMD's CPUs alone (AMD64 volume 2, appendix A). Writes of the configuration registers have no effect. */
static const msr_range amd_ranges[] = {
    {0xc0010010, 0xc0010010, false, ALL, 0},             /* SYSCFG */
    {0xc0010015, 0xc0010015, false, ALL, TSC_IS_STABLE}, /* HWCR */
    {0xc001001f, 0xc001001f, false, ALL, 0},             /* NB_CFG */
    {0xc0010114, 0xc0010114, false, 0, SVM_DISABLED},    /* VM_CR */
    {0xc0011020, 0xc0011020, false, ALL, 0},             /* LS_CFG */
    {0xc0011029, 0xc0011029, false, ALL, LFENCE_WAITS},  /* DE_CFG */
};

static const msr_range *find_in(const msr_range *table, size_t n, uint32_t number)
{
    for (size_t i = 0; i < n; i++)
        if (number >= table[i].first && number <= table[i].last)
            return &table[i];
    return NULL;
}

static const msr_range *find_range(const vpc *m, uint32_t number)
{
    const msr_range *found = find_in(ranges, sizeof ranges / sizeof ranges[0], number);
    if (!found && vpc_is_amd(m))
        found = find_in(amd_ranges, sizeof amd_ranges / sizeof amd_ranges[0], number);
    return found;
}

void vpc_msr_reset(vpc_cpu *cpu)
{
    cpu->run.misc_enable = MISC_RESET;
    vpc_mtrr_reset(cpu);
}

static void require(vpc_cpu *cpu, bool permitted)
{
    if (!permitted)
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);   /* does not return */
}

/* Executes RDMSR in place of QEMU's helper, which has synchronized every register; execution goes on behind it. */
static void answer(vpc_cpu *cpu, uint64_t value)
{
    REG(cpu->env, VPC_RAX) = (uint32_t)value;
    REG(cpu->env, VPC_RDX) = value >> 32;
    vpc_finish_instruction(cpu);
}

static bool is_of_apic(uint32_t number)
{
    return number == IA32_APIC_BASE || number == IA32_TSC_DEADLINE || (number >= X2APIC_FIRST && number <= X2APIC_LAST);
}

static void read_apic(vpc_cpu *cpu, uint32_t number)
{
    uint64_t value;
    require(cpu, cpu->machine->emulator->devices.msr_read(cpu->id, number, &value));
    answer(cpu, value);
}

static bool has_tsc_adjust(const vpc_cpu *cpu)
{
    return cpu->machine->model.features[FEATURES_7_EBX] & FEATURE_TSC_ADJUST;
}

/* offset: what IA32_TSC_ADJUST reads; both registers change it (SDM volume 3, 17.17.3). */
static void set_time_stamp(vpc_cpu *cpu, uint64_t offset)
{
    cpu->run.tsc_offset = offset;
    cpu->machine->emulator->devices.time_stamp_written(cpu->id);
}

static void read_msr(vpc_cpu *cpu, uint32_t number)
{
    const uint64_t *kept = vpc_mtrr_find(cpu, number);
    const msr_range *range = find_range(cpu->machine, number);
    switch (number) {
    case IA32_TIME_STAMP_COUNTER: answer(cpu, cpu->machine->ticks + cpu->run.tsc_offset); break;
    case IA32_TSC_ADJUST:
        require(cpu, has_tsc_adjust(cpu));
        answer(cpu, cpu->run.tsc_offset);
        break;
    case IA32_MISC_ENABLE: answer(cpu, cpu->run.misc_enable); break;
    case IA32_DEBUGCTL: answer(cpu, cpu->run.debug_control); break;
    case IA32_ARCH_CAPABILITIES:
        require(cpu, cpu->machine->model.features[FEATURES_7_EDX] & FEATURE_ARCH_CAPABILITIES);
        answer(cpu, ARCH_CAPABILITIES);
        break;
    }
    if (is_of_apic(number))
        read_apic(cpu, number);
    if (kept)
        answer(cpu, *kept);
    require(cpu, range);
    if (!range->kept)
        answer(cpu, range->value);
}

/* Registers of machine checks: what is reported is all or nothing, and the status can be cleared only (SDM volume 3,
 * 15.3.2). */
static bool valid_bank(uint32_t number, uint64_t value)
{
    switch (number % BANK_REGISTERS) {
    case BANK_CONTROL: return !value || value == ALL;
    case BANK_STATUS: return !value;
    default: return true;
    }
}

/* Writes of registers that QEMU keeps too, or ignores, are left to its helper. */
static void write_msr(vpc_cpu *cpu, uint32_t number, uint64_t value)
{
    const vpc_devices *devices = &cpu->machine->emulator->devices;
    uint64_t *kept = vpc_mtrr_find(cpu, number);
    const msr_range *range = find_range(cpu->machine, number);
    switch (number) {
    case IA32_TIME_STAMP_COUNTER:
        set_time_stamp(cpu, value - cpu->machine->ticks);
        return;
    case IA32_TSC_ADJUST:
        require(cpu, has_tsc_adjust(cpu));
        set_time_stamp(cpu, value);
        return;
    case IA32_BIOS_UPDT_TRIG: return;
    case IA32_MISC_ENABLE:
        require(cpu, !(value & ~(MISC_WRITABLE | MISC_READ_ONLY)));
        cpu->run.misc_enable = (value & MISC_WRITABLE) | (MISC_RESET & MISC_READ_ONLY);
        return;
    case IA32_DEBUGCTL:
        require(cpu, !(value & ~(uint64_t)DEBUG_CONTROL_BITS));
        cpu->run.debug_control = value;
        return;
    }
    if (is_of_apic(number)) {
        require(cpu, devices->msr_write(cpu->id, number, value));
        return;
    }
    if (kept) {
        require(cpu, vpc_mtrr_valid(number, value));
        *kept = value;
        return;
    }
    require(cpu, range && range->writable && !(value & ~range->writable));
    if (range->first == IA32_MC0_CTL)
        require(cpu, valid_bank(number, value));
    vpc_check_msr(cpu, number, value);
}

void vpc_msr_access(vpc_cpu *cpu, bool write)
{
    uint32_t number = (uint32_t)REG(cpu->env, VPC_RCX);
    if (write)
        write_msr(cpu, number, REG(cpu->env, VPC_RDX) << 32 | (uint32_t)REG(cpu->env, VPC_RAX));
    else
        read_msr(cpu, number);
}

void vpc_set_apic_base(vpc *m, uint32_t cpu, uint64_t value) { m->cpu[cpu].run.apic_msr = value; }

uint64_t vpc_time_stamp(const vpc *m, uint32_t cpu) { return m->ticks + m->cpu[cpu].run.tsc_offset; }
