/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a CPU does beyond executing instructions: exceptions, system calls, time stamps, identification, reset.
 *
 * Unicorn hands exceptions to hooks and otherwise forgets them; delivery through the IDT is QEMU's own routine, called
 * from a native hook so that a fault during delivery longjmps to where QEMU expects it. Semantics follow the Intel SDM
 * (volume 3, chapter 6) and, for SYSCALL, the AMD64 manual (volume 3). */
#define _GNU_SOURCE
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "emulator/emulator.h"
#include "guest/decode.h"

enum { RAX, RCX, RDX, RBX, RSP };
#define REG(env, number) ENV_U64(env, ENV_REGS + 8 * (number))
enum { ES = VPC_SEG_ES, CS = VPC_SEG_CS, SS = VPC_SEG_SS, DS = VPC_SEG_DS, FS = VPC_SEG_FS, GS = VPC_SEG_GS };

/* Segment attributes as the CPU caches them: the high word of a descriptor. */
#define CODE64 0x00a09b00u   /* granular, long, present, DPL 0, code, readable, accessed */
#define DPL3 0x6000u

#define INT1 0xf1
#define FLAG_IF 0x200u
#define FLAG_VM 0x20000u
#define FLAG_RF 0x10000u
#define EFER_SCE 1u

enum { VECTOR_DB = 1, VECTOR_BP = 3, VECTOR_OF = 4, VECTOR_UD = 6, VECTOR_NP = 11, VECTOR_GP = 13 };
#define WITH_ERROR_CODE (1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 17)

/* --- exceptions -------------------------------------------------------------------------------------------------- */

/* Unicorn has moved EIP past an INT; the routine that delivers takes where to return to from elsewhere, and a fault
 * during delivery is the instruction's (SDM volume 3, 6.5). Returns whether it is INT3 or INTO, whose traps count as
 * exceptions, and not INT n. */
static bool back_to_instruction(vpc_cpu *cpu, uint32_t vector)
{
    static const uint8_t short_form[] = {[VECTOR_BP] = 0xcc, [VECTOR_OF] = 0xce};
    uint64_t *eip = &ENV_U64(cpu->env, ENV_EIP);
    uint8_t opcode = 0;
    vpc_read_linear(cpu->machine, cpu->id, ENV_U64(SEG(cpu->env, CS, SEG_BASE), 0) + *eip - 1, &opcode, 1);
    bool is_short = vector < sizeof short_form && short_form[vector] && opcode == short_form[vector];
    *eip -= is_short ? 1 : 2;
    return is_short;
}

#define ERROR_IDT 2u
#define ERROR_EXT 1u

/* The error code of a fault at a gate: the vector times 8, and EXT unless an instruction asked for the delivery (SDM
 * volume 3, 6.13). In long mode QEMU counts 16 bytes a gate, and it knows no EXT. */
static void mend_error_code(vpc_cpu *cpu, uint32_t vector)
{
    bool *by_instruction = &cpu->run.by_instruction;
    uint32_t code = ENV_U32(cpu->env, ENV_ERROR_CODE);
    if ((vector == VECTOR_NP || vector == VECTOR_GP) && code & ERROR_IDT) {
        uint32_t gate = ENV_U32(cpu->env, ENV_HFLAGS) & HF_LMA ? code >> 4 : code >> 3;
        ENV_I32(cpu->env, ENV_ERROR_CODE) = (int32_t)(gate << 3 | ERROR_IDT | (*by_instruction ? 0 : ERROR_EXT));
    }
    *by_instruction = false;
}

static void fire_exception(vpc_cpu *cpu, uint32_t vector, bool software)
{
    vpc *m = cpu->machine;
    bool has_code = ENV_U64(cpu->env, ENV_CR) & 1 && WITH_ERROR_CODE >> vector & 1;
    mend_error_code(cpu, vector);
    uint64_t error_code = ENV_U32(cpu->env, ENV_ERROR_CODE);
    m->side->exceptions[vector]++;
    vpc_hv_exception(cpu, vector, software, has_code);
    vpc_fire_at(m, VPC_PT_FAULT0 + vector, cpu, &error_code, has_code);
    vpc_hv_deliver_exception(cpu, vector, software, has_code);
}

/* Delivery that faults does not come back: it ends in the next exception. */
static void deliver(vpc_cpu *cpu)
{
    struct vpc_machine *side = cpu->machine->side;
    cpu->run.by_instruction = ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT);
    side->uc.do_interrupt(cpu->state);
    cpu->run.by_instruction = false;
    vpc_hv_delivered(cpu);
}

static void on_exception(void *uc, uint32_t vector, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    bool software = ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT);
    if ((!software || back_to_instruction(cpu, vector)) && vector < 32)
        fire_exception(cpu, vector, software);
    deliver(cpu);
}

static bool on_invalid(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint64_t *eip = &ENV_U64(cpu->env, ENV_EIP);
    uint8_t opcode = 0;
    vpc_read_linear(cpu->machine, cpu->id, ENV_U64(SEG(cpu->env, CS, SEG_BASE), 0) + *eip, &opcode, 1);
    if (opcode == INT1) {   /* a trap; Unicorn does not know it */
        ENV_I32(cpu->state, CPU_EXCEPTION_INDEX) = VECTOR_DB;
        fire_exception(cpu, VECTOR_DB, true);
        ++*eip;
    } else if (!ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT)) {   /* not INT 6 */
        fire_exception(cpu, VECTOR_UD, false);
    }
    deliver(cpu);
    return true;
}

/* --- SYSCALL and SYSENTER ---------------------------------------------------------------------------------------- */

unsigned vpc_instruction_length(vpc_cpu *cpu)
{
    uint8_t code[15];
    vpc_insn insn;
    uint64_t at = ENV_U64(SEG(cpu->env, CS, SEG_BASE), 0) + ENV_U64(cpu->env, ENV_EIP);
    uint64_t n = vpc_read_linear(cpu->machine, cpu->id, at, code, sizeof code);
    return vpc_decode(code, n, ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64 ? 64 : 32, &insn);
}

static void on_syscall(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint8_t *env = cpu->env;
    unicorn_functions *f = &cpu->machine->side->uc;
    if (!(ENV_U64(env, ENV_EFER) & EFER_SCE)) {
        f->raise_exception(env, VECTOR_UD, 0);
        return;   /* not reached: it leaves by longjmp */
    }
    cpu->machine->side->syscalls++;
    uint64_t length = vpc_instruction_length(cpu), next = ENV_U64(env, ENV_EIP) + length, target;
    uint64_t flags = f->read_rflags(env);
    uint32_t selector = ENV_U64(env, ENV_STAR) >> 32 & 0xfffc;
    if (ENV_U32(env, ENV_HFLAGS) & HF_LMA) {
        bool from64 = ENV_U32(env, ENV_HFLAGS) & HF_CS64;
        REG(env, RCX) = next;
        REG(env, 11) = flags & ~(uint64_t)FLAG_RF;
        f->write_rflags(env, flags & ~(ENV_U64(env, ENV_FMASK) | FLAG_RF), 0xffffffff);
        vpc_load_segment(env, CS, selector, CODE64);
        target = ENV_U64(env, from64 ? ENV_LSTAR : ENV_CSTAR);
    } else {
        REG(env, RCX) = (uint32_t)next;
        f->write_rflags(env, flags & ~(uint64_t)(FLAG_IF | FLAG_RF | FLAG_VM), 0xffffffff);
        vpc_load_segment(env, CS, selector, VPC_CODE32);
        target = (uint32_t)ENV_U64(env, ENV_STAR);
    }
    vpc_load_segment(env, SS, (selector + 8) & 0xfffc, VPC_DATA32);
    f->update_hflags(env);
    ENV_U64(env, ENV_EIP) = target - length;   /* Unicorn adds the length */
}

static void on_sysenter(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint8_t *env = cpu->env;
    unicorn_functions *f = &cpu->machine->side->uc;
    uint32_t selector = ENV_U32(env, ENV_SYSENTER_CS) & 0xfffc;
    if (!selector) {
        f->raise_exception(env, VECTOR_GP, 0);
        return;   /* not reached */
    }
    cpu->machine->side->syscalls++;
    uint64_t length = vpc_instruction_length(cpu);
    f->write_rflags(env, f->read_rflags(env) & ~(uint64_t)(FLAG_IF | FLAG_RF | FLAG_VM), 0xffffffff);
    vpc_load_segment(env, CS, selector, ENV_U32(env, ENV_HFLAGS) & HF_LMA ? CODE64 : VPC_CODE32);
    vpc_load_segment(env, SS, selector + 8, VPC_DATA32);
    f->update_hflags(env);
    REG(env, RSP) = ENV_U64(env, ENV_SYSENTER_ESP);
    ENV_U64(env, ENV_EIP) = ENV_U64(env, ENV_SYSENTER_EIP) - length;
}

/* --- RDTSC, RDTSCP, CPUID ---------------------------------------------------------------------------------------- */

static int on_rdtsc(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint64_t counter = cpu->machine->ticks + cpu->run.tsc_offset;
    REG(cpu->env, RAX) = (uint32_t)counter;
    REG(cpu->env, RDX) = counter >> 32;
    return 1;
}

static int on_rdtscp(void *uc, void *data)
{
    vpc_cpu *cpu = data;
    REG(cpu->env, RCX) = (uint32_t)ENV_U64(cpu->env, ENV_TSC_AUX);
    return on_rdtsc(uc, data);
}

/* What the CPU model claims but this machine lacks, as bits of CPUID leaf 1. */
#define LEAF1_ECX_ABSENT (1u << 3 /* MONITOR */ | 1u << 21 /* x2APIC */ | 1u << 24 /* TSC deadline */ | \
                          1u << 26 /* XSAVE */ | 1u << 27 /* OSXSAVE */ | 1u << 28 /* AVX */)
#define LEAF1_EDX_APIC (1u << 9)   /* while IA32_APIC_BASE enables it (SDM volume 3, 10.4.3) */

static int on_cpuid(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    uint32_t leaf = (uint32_t)REG(cpu->env, RAX), a, b, c, d;
    cpu->machine->side->uc.cpuid(cpu->env, leaf, (uint32_t)REG(cpu->env, RCX), &a, &b, &c, &d);
    if (leaf == 1) {
        c &= ~LEAF1_ECX_ABSENT;
        d &= cpu->machine->apic_base ? ~0u : ~LEAF1_EDX_APIC;
    }
    REG(cpu->env, RAX) = a;
    REG(cpu->env, RBX) = b;
    REG(cpu->env, RCX) = c;
    REG(cpu->env, RDX) = d;
    return 1;
}

static void install_cpu_hooks(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_INTR, (void *)on_exception, cpu, 1, 0, 0);
    vpc_hook(cpu, NULL, UC_HOOK_INSN_INVALID, (void *)on_invalid, cpu, 1, 0, 0);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_syscall, cpu, 1, 0, UC_X86_INS_SYSCALL);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_sysenter, cpu, 1, 0, UC_X86_INS_SYSENTER);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_rdtsc, cpu, 1, 0, UC_X86_INS_RDTSC);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_rdtscp, cpu, 1, 0, UC_X86_INS_RDTSCP);
    vpc_hook(cpu, NULL, UC_HOOK_INSN, (void *)on_cpuid, cpu, 1, 0, UC_X86_INS_CPUID);
    vpc_install_port_hooks(cpu);
    vpc_install_clock_hook(cpu);
}

/* --- making, resetting, freeing ---------------------------------------------------------------------------------- */

static int make(vpc *m, const vpc_machine_desc *desc, const vpc_devices *devices, char *error, size_t error_bytes)
{
    m->side = calloc(1, sizeof *m->side);
    if (!m->side) {
        snprintf(error, error_bytes, "out of memory");
        return -1;
    }
    m->ncpus = desc->ncpus;
    m->tsc_hz = desc->tsc_hz;
    m->ticks_per_byte = desc->ticks_per_byte;
    m->epoch_us = desc->epoch_us;
    m->side->devices = *devices;
    m->side->deadline = UINT64_MAX;
    m->side->current = &m->cpu[0];
    void *ram = mmap(NULL, desc->ram_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED) {
        snprintf(error, error_bytes, "no memory for %llu bytes of RAM", (unsigned long long)desc->ram_bytes);
        return -1;
    }
#ifdef MADV_HUGEPAGE
    madvise(ram, desc->ram_bytes, MADV_HUGEPAGE);   /* fewer faults of the host: a restore writes all of it */
#endif
    m->ram = ram;
    m->ram_bytes = desc->ram_bytes;
    m->side->smram = calloc(1, VPC_SMRAM_BYTES);
    if (!m->side->smram) {
        snprintf(error, error_bytes, "out of memory");
        return -1;
    }
    if (vpc_unicorn_open(m, desc->unicorn_path, error, error_bytes) || vpc_vp_init(m))
        return -1;
    for (uint32_t i = 0; i < m->ncpus; i++)
        install_cpu_hooks(&m->cpu[i]);
    return 0;
}

vpc *vpc_new(const vpc_machine_desc *desc, const vpc_devices *devices, char *error, size_t error_bytes)
{
    if (desc->ncpus < 1 || desc->ncpus > VPC_MAX_CPUS || desc->ram_bytes % 4096 || !desc->ram_bytes) {
        snprintf(error, error_bytes, "a machine needs 1 to %d CPUs and whole pages of RAM", VPC_MAX_CPUS);
        return NULL;
    }
    vpc *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    if (make(m, desc, devices, error, error_bytes)) {
        vpc_free(m);
        return NULL;
    }
    vpc_reset(m);
    return m;
}

void vpc_side_free(vpc *m)
{
    if (!m->side)
        return;
    vpc_unicorn_close(m);
    if (m->ram)
        munmap(m->ram, m->ram_bytes);
    m->ram = NULL;
    free(m->side->smram);
    free(m->side);
    m->side = NULL;
}

void vpc_reset(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        vpc_cpu *cpu = &m->cpu[i];
        m->side->uc.init_cpu(cpu->state);
        *interrupt_request(cpu) = 0;
        ENV_I32(cpu->env, ENV_OLD_EXCEPTION) = -1;
        ENV_U64(cpu->env, ENV_VM_VMCB) = INTA_PAGE;
        ENV_U32(cpu->env, ENV_HFLAGS2) |= HF2_VINTR;   /* MOV from CR8 reads what MOV to CR8 wrote */
        ENV_U32(cpu->env, ENV_SMBASE) = VPC_SMRAM;
        m->cpu[i].run.halted = m->cpu[i].run.line = m->cpu[i].run.nmi = m->cpu[i].run.smi = m->cpu[i].run.resume = false;
        m->cpu[i].run.check = false;
        m->cpu[i].run.delivering = 0;
        vpc_smm_reset(cpu);
        m->cpu[i].run.rep.left = m->cpu[i].run.suspended.left = 0;
        m->cpu[i].run.tsc_offset = 0;
    }
    vpc_flush_translations(m);
}

void vpc_set_task_priority(vpc *m, uint32_t cpu, uint32_t value)
{
    *(uint8_t *)(m->cpu[cpu].env + ENV_TPR) = value & 0xf;
}

void vpc_switch_off(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        ENV_U64(m->cpu[i].env, ENV_EFLAGS) &= ~(uint64_t)FLAG_IF;
        *interrupt_request(&m->cpu[i]) = 0;
        m->cpu[i].run.line = m->cpu[i].run.nmi = m->cpu[i].run.smi = m->cpu[i].run.check = false;
        m->cpu[i].run.halted = true;
    }
}

/* --- state ------------------------------------------------------------------------------------------------------- */

void vpc_read_counters(const vpc *m, vpc_counters *out)
{
    const struct vpc_machine *side = m->side;
    *out = (vpc_counters){
        .ticks = m->ticks, .blocks = m->blocks, .interrupts = m->interrupts, .halted_ticks = side->halted_ticks,
        .syscalls = side->syscalls, .port_reads = side->port_reads, .port_writes = side->port_writes,
        .smis = side->smis,
    };
    memcpy(out->exceptions, side->exceptions, sizeof out->exceptions);
    memcpy(out->exits, side->exits, sizeof out->exits);
}

uint64_t vpc_ticks(const vpc *m) { return m->ticks; }
