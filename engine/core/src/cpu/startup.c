/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset, INIT and start-up of a CPU (Intel SDM volume 3, 8.4, 9.1 and 10.6). */
#include "cpu/startup.h"
#include <string.h>
#include "cpu/float_status.h"
#include "cpu/msr.h"
#include "cpu/smm.h"
#include "emulator/breakpoints.h"
#include "emulator/emulator.h"
#include "guest/registers.h"

/* TR at reset: present, and available, since QEMU keeps the busy bit in memory only and takes no stack from a busy
 * TSS. */
#define TSS_32_AVAILABLE 0x8900u
#define CR0_CACHE 0x60000000u        /* CD and NW */
#define MXCSR_RESET 0x1f80u          /* every exception masked */
/* The reset vector is at the end of the 4 GiB, where boards show their BIOS a second time. Here it is below 1 MiB only,
 * and the base of CS says so. */
#define BIOS_BASE 0xf0000u
#define START_UP_SEGMENT(vector) ((uint32_t)(vector) << 8)

static void put_reset_state(vpc_cpu *cpu)
{
    cpu->machine->emulator->uc.init_cpu(cpu->state);
    *interrupt_request(cpu) = 0;
    ENV_I32(cpu->env, ENV_OLD_EXCEPTION) = -1;
    ENV_U64(cpu->env, ENV_VM_VMCB) = INTA_PAGE;
    ENV_U32(cpu->env, ENV_HFLAGS2) |= HF2_VINTR;   /* MOV from CR8 reads what MOV to CR8 wrote */
    ENV_U32(cpu->env, ENV_SMBASE) = VPC_SMRAM;
    ENV_U32(cpu->env, ENV_TR + SEG_FLAGS) = TSS_32_AVAILABLE;
    vpc_smm_reset(cpu);
    memset(&cpu->run, 0, sizeof cpu->run);   /* padding too: snapshots hold it */
    vpc_msr_reset(cpu);
    vpc_breakpoints_changed(cpu);
}

/* What INIT, and so QEMU's routine, leaves as it is (table 9-1). */
static void reset_floating_point(vpc_cpu *cpu)
{
    static const uint8_t zero[16];
    static const uint16_t control = 0x40, status = 0, tags = 0x5555;   /* every register is a valid zero */
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    for (int i = 0; i < 8; i++)
        uc->reg_write(cpu->uc, UC_X86_REG_FP0 + i, zero);
    for (int i = 0; i < 16; i++)
        uc->reg_write(cpu->uc, UC_X86_REG_XMM0 + i, zero);
    uc->reg_write(cpu->uc, UC_X86_REG_FPCW, &control);
    uc->reg_write(cpu->uc, UC_X86_REG_FPSW, &status);
    uc->reg_write(cpu->uc, UC_X86_REG_FPTAG, &tags);
    uc->load_mxcsr(cpu->env, MXCSR_RESET);
    vpc_after_fxrstor(cpu);
}

void vpc_reset_cpu(vpc_cpu *cpu)
{
    put_reset_state(cpu);
    reset_floating_point(cpu);
    cpu->run.waiting = cpu->run.halted = cpu->id != 0;
}

/* Table 9-1: as after a reset, except x87, SSE, the time stamp counter, most MSRs, and the cache bits of CR0. */
static void take_init(vpc_cpu *cpu)
{
    vpc_cpu_run kept = cpu->run;
    uint64_t cache = ENV_U64(cpu->env, ENV_CR0) & CR0_CACHE;
    bool bootstrap = kept.apic_msr & APIC_BASE_BOOTSTRAP;
    put_reset_state(cpu);
    ENV_U64(cpu->env, ENV_CR0) = (ENV_U64(cpu->env, ENV_CR0) & ~(uint64_t)CR0_CACHE) | cache;
    *(cpu->env + ENV_TPR) = 0;
    SEGMENT_BASE(cpu->env, VPC_SEG_CS) = BIOS_BASE;
    cpu->run.line = kept.line;
    cpu->run.apic_msr = kept.apic_msr;
    cpu->run.tsc_offset = kept.tsc_offset;
    cpu->run.mtrrs = kept.mtrrs;
    cpu->run.misc_enable = kept.misc_enable;
    cpu->run.start_up = kept.start_up && !bootstrap;
    cpu->run.start_vector = kept.start_vector;
    cpu->run.waiting = cpu->run.halted = !bootstrap;
    cpu->machine->emulator->uc.tlb_flush(cpu->state);
}

/* 8.4.4.2: real mode, at the first byte of the page that the vector names. */
static void take_start_up(vpc_cpu *cpu)
{
    vpc_set_real_segment(cpu->machine, cpu->id, VPC_SEG_CS, START_UP_SEGMENT(cpu->run.start_vector));
    ENV_U64(cpu->env, ENV_EIP) = 0;
    cpu->run.start_up = cpu->run.waiting = cpu->run.halted = false;
}

void vpc_take_messages(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        vpc_cpu *cpu = &m->cpu[i];
        if (vpc_init_due(cpu))
            take_init(cpu);
        if (cpu->run.start_up && cpu->run.waiting)
            take_start_up(cpu);
    }
}

void vpc_init(vpc *m, uint32_t cpu)
{
    m->cpu[cpu].run.init = true;
    m->cpu[cpu].run.start_up = false;
    m->tick_limit = 0;
}

void vpc_start_up(vpc *m, uint32_t cpu, uint32_t vector)
{
    vpc_cpu_run *run = &m->cpu[cpu].run;
    if (!run->waiting && !run->init)
        return;   /* it is ignored */
    run->start_up = true;
    run->start_vector = (uint8_t)vector;
    m->tick_limit = 0;
}

int vpc_cpu_waiting(const vpc *m, uint32_t cpu) { return m->cpu[cpu].run.waiting; }
