/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exits to our monitor and resumes, described as hardware-assisted virtualization would describe them.
 *
 * An exit happens when translated code leaves for the monitor for a documented reason. VMCS_* follow the Intel SDM
 * (volume 3, chapter 27 and appendix C), VMCB_* the AMD64 manual (volume 2, chapter 15 and appendices B and C). The
 * vendor of the virtual processor decides which of them a script may name. */
#include "cpu/exits.h"
#include "cpu/debug.h"
#include "cpu/msr.h"
#include "cpu/reserved.h"
#include "cpu/turns.h"
#include "emulator/breakpoints.h"
#include "emulator/emulator.h"
#include "guest/instruction.h"
#include "guest/memory.h"
#include "guest/registers.h"
#include "vp/fire.h"

#define FIELD(cpu, variable) (cpu)->exit_field[VPC_VAR_##variable - VPC_EXIT_FIELD_FIRST]

/* Event descriptions are the same in both: vector, type, error code valid, valid. */
enum { EVENT_EXTERNAL = 0, EVENT_NMI = 2 << 8, EVENT_EXCEPTION = 3 << 8, EVENT_INT1 = 5 << 8,
       EVENT_SOFTWARE = 6 << 8 };
#define EVENT_HAS_ERROR (1u << 11)
#define EVENT_VALID (1u << 31)

typedef struct {
    uint32_t reason, interruption, error, length;   /* Intel */
    uint32_t instruction;                           /* instruction information (SDM volume 3, 27.2.5) */
    uint64_t qualification;
    uint64_t code, info1, info2;                    /* AMD */
} exit_info;

/* --- exits and resumes ------------------------------------------------------------------------------------------- */

/* The guest runs again after an exit that injected nothing. */
void vpc_resume(vpc_cpu *cpu)
{
    if (cpu->run.resume) {
        cpu->run.resume = false;
        vpc_fire_at(cpu->machine, VPC_PT_HV_RESUME, cpu, NULL, 0);
    }
}

static void count(vpc *m, uint32_t reason)
{
    m->emulator->exits[reason]++;
}

static void leave(vpc_cpu *cpu, const exit_info *e)
{
    vpc *m = cpu->machine;
    uint32_t vectoring = cpu->run.delivering;
    vpc_resume(cpu);
    FIELD(cpu, VMCS_EXIT_REASON) = e->reason;
    FIELD(cpu, VMCS_INTR_INFO) = e->interruption;
    FIELD(cpu, VMCS_INTR_ERR) = e->error;
    FIELD(cpu, VMCS_IDTVEC_INFO) = vectoring;
    FIELD(cpu, VMCS_IDTVEC_ERR) = vectoring ? cpu->run.delivering_error : 0;
    FIELD(cpu, VMCS_INSTRLEN) = e->length;
    FIELD(cpu, VMCS_VMENTRY_INTR_INFO) = FIELD(cpu, VMCS_VMENTRYXCP_ERR) = 0;
    FIELD(cpu, VMCS_EXIT_QUAL) = e->qualification;
    FIELD(cpu, VMCS_INSTR_INFO) = e->instruction;
    FIELD(cpu, VMCB_EXITCODE) = e->code;
    FIELD(cpu, VMCB_EXITINFO1) = e->info1;
    FIELD(cpu, VMCB_EXITINFO2) = e->info2;
    FIELD(cpu, VMCB_EXITINTINFO) = vectoring | (uint64_t)FIELD(cpu, VMCS_IDTVEC_ERR) << 32;
    FIELD(cpu, VMCB_EVENTINJ) = 0;
    FIELD(cpu, VMCB_TLBCTL) = 0;   /* nothing is flushed at a resume */
    FIELD(cpu, VMCB_VAPIC) = *(cpu->env + ENV_TPR) & 0xf;   /* V_TPR */
    vpc_fire_at(m, VPC_PT_HV_EXIT, cpu, NULL, 0);
}

/* The resume comes when the instruction is done: before the next block, or the next exit. */
static void resume_later(vpc_cpu *cpu)
{
    vpc *m = cpu->machine;
    if (m->point[VPC_PT_HV_RESUME].n) {
        cpu->run.resume = true;
        m->tick_limit = 0;
    }
}

/* An event is delivered: the resume injects it. */
static void inject(vpc_cpu *cpu, uint32_t event, uint32_t error)
{
    cpu->run.delivering = event;
    cpu->run.delivering_error = error;
    FIELD(cpu, VMCS_VMENTRY_INTR_INFO) = event;
    FIELD(cpu, VMCS_VMENTRYXCP_ERR) = error;
    FIELD(cpu, VMCB_EVENTINJ) = event | (uint64_t)error << 32;
    vpc_fire_at(cpu->machine, VPC_PT_HV_RESUME, cpu, NULL, 0);
}

static bool watched(const vpc *m) { return m->emulator->exits_watched; }

/* --- events ------------------------------------------------------------------------------------------------------ */

static uint32_t describe_exception(uint32_t vector, bool software, bool has_error)
{
    uint32_t type = !software ? EVENT_EXCEPTION : vector == 1 ? EVENT_INT1 : EVENT_SOFTWARE;
    return EVENT_VALID | (has_error ? EVENT_HAS_ERROR : 0) | type | vector;
}

void vpc_exit_exception(vpc_cpu *cpu, uint32_t vector, bool software, bool has_error)
{
    count(cpu->machine, VPC_EXIT_EXCEPTION);
    if (!watched(cpu->machine))
        return;
    uint8_t *env = cpu->env;
    uint32_t error = has_error ? ENV_U32(env, ENV_ERROR_CODE) : 0;
    uint64_t cr2 = vector == 14 ? ENV_U64(env, ENV_CR2) : 0;
    exit_info e = {.reason = VPC_EXIT_EXCEPTION, .error = error, .length = software, .qualification = cr2,
                 .code = SVM_EXCEPTION + vector, .info1 = error, .info2 = cr2};
    e.interruption = describe_exception(vector, software, has_error);
    if (vector == 1)
        e.qualification = ENV_U64(env, ENV_DR6) & 0x600f;
    leave(cpu, &e);
}

void vpc_inject_exception(vpc_cpu *cpu, uint32_t vector, bool software, bool has_error)
{
    if (watched(cpu->machine))
        inject(cpu, describe_exception(vector, software, has_error), has_error ? ENV_U32(cpu->env, ENV_ERROR_CODE) : 0);
}

void vpc_event_delivered(vpc_cpu *cpu) { cpu->run.delivering = 0; }

void vpc_exit_interrupt(vpc_cpu *cpu, uint32_t vector)
{
    count(cpu->machine, VPC_EXIT_INTERRUPT);
    exit_info e = {.reason = VPC_EXIT_INTERRUPT, .code = SVM_INTR};
    e.interruption = EVENT_VALID | EVENT_EXTERNAL | vector;
    if (watched(cpu->machine))
        leave(cpu, &e);
}

void vpc_inject_interrupt(vpc_cpu *cpu, uint32_t vector)
{
    if (watched(cpu->machine))
        inject(cpu, EVENT_VALID | EVENT_EXTERNAL | vector, 0);
}

void vpc_exit_nmi(vpc_cpu *cpu)
{
    count(cpu->machine, VPC_EXIT_EXCEPTION);
    exit_info e = {.reason = VPC_EXIT_EXCEPTION, .interruption = EVENT_VALID | EVENT_NMI | 2, .code = SVM_INTR + 1};
    if (watched(cpu->machine))
        leave(cpu, &e);
}

void vpc_inject_nmi(vpc_cpu *cpu)
{
    if (watched(cpu->machine))
        inject(cpu, EVENT_VALID | EVENT_NMI | 2, 0);
}

void vpc_exit_triple_fault(vpc_cpu *cpu)
{
    count(cpu->machine, VPC_EXIT_TRIPLE_FAULT);
    exit_info e = {.reason = VPC_EXIT_TRIPLE_FAULT, .code = SVM_SHUTDOWN};
    if (watched(cpu->machine))
        leave(cpu, &e);
    cpu->run.resume = false;
}

/* --- guest physical memory that is not RAM ----------------------------------------------------------------------- */

#define EPT_LINEAR_VALID (1u << 7)
#define EPT_FINAL (1u << 8)
#define NPF_WRITE 2u
#define NPF_USER 4u
#define NPF_FINAL (1ull << 32)

void vpc_exit_nested_fault(vpc_cpu *cpu, uint64_t physical, bool write)
{
    vpc *m = cpu->machine;
    count(m, VPC_EXIT_NESTED_FAULT);
    if (!watched(m))
        return;
    exit_info e = {.reason = VPC_EXIT_NESTED_FAULT, .qualification = EPT_FINAL | EPT_LINEAR_VALID | (write ? 2u : 1u),
                 .code = SVM_NPF, .info1 = NPF_FINAL | NPF_USER | (write ? NPF_WRITE : 0), .info2 = physical};
    leave(cpu, &e);
    vpc_fire_at(m, VPC_PT_HV_NPF, cpu, NULL, 0);
    resume_later(cpu);
}

/* --- instructions ------------------------------------------------------------------------------------------------ */

/* A port access (SDM table 27-5; AMD64 volume 2, 15.10.2). */
void vpc_exit_port(vpc_cpu *cpu, uint32_t port, uint32_t bytes, bool in)
{
    count(cpu->machine, VPC_EXIT_PORT);
    if (!watched(cpu->machine))
        return;
    vpc_insn insn;
    vpc_decode_next(cpu, &insn);
    bool string = vpc_is_string_io(&insn), rep = string && insn.repeat;
    uint32_t address = insn.address_bytes == 8 ? 1u << 9 : insn.address_bytes == 2 ? 1u << 7 : 1u << 8;
    uint32_t segment = in ? VPC_SEG_ES : insn.override < 0 ? VPC_SEG_DS : (uint32_t)insn.override;
    exit_info e = {.reason = VPC_EXIT_PORT, .length = insn.length, .code = SVM_IOIO};
    e.qualification = (bytes - 1) | (uint32_t)in << 3 | (uint32_t)string << 4 | (uint32_t)rep << 5 |
                      (uint32_t)(!string && insn.opcode < 0xe8) << 6 | port << 16;
    if (string)   /* INS and OUTS: address size and segment (SDM table 27-8) */
        e.instruction = (insn.address_bytes == 8 ? 2u : insn.address_bytes == 4 ? 1u : 0u) << 7 | segment << 15;
    e.info1 = (uint32_t)in | (uint32_t)string << 2 | (uint32_t)rep << 3 | bytes << 4 |
              (string ? address | segment << 10 : 0) | port << 16;
    e.info2 = ENV_U64(cpu->env, ENV_EIP) + insn.length;
    leave(cpu, &e);
    resume_later(cpu);
}

#define ACCESS_FROM_CR (1u << 4)
#define ACCESS_LMSW (3u << 4)
#define LMSW_MEMORY (1u << 6)
#define INFO_MOV (1ull << 63)
/* Which accesses a VMX monitor can intercept, by number (SDM volume 3, 25.1.3): reads of CR0 and CR4 come from
 * shadows. */
#define CR_READS_EXIT (1u << 3 | 1u << 8)
#define CR_WRITES_EXIT (1u << 0 | 1u << 3 | 1u << 4 | 1u << 8)

/* A control register (SDM table 27-3): number, direction, general register. */
static void describe_control(vpc_cpu *cpu, uint32_t type, exit_info *e)
{
    vpc_insn insn;
    vpc_decode_next(cpu, &insn);
    uint32_t number = type & 0xf, general = insn.rm | (insn.rex & 1u) << 3;
    e->reason = VPC_EXIT_CONTROL;
    e->length = insn.length;
    e->qualification = number | (type < SVM_WRITE_CR0 ? ACCESS_FROM_CR : 0);
    if (insn.map == 1 && (insn.opcode == 0x20 || insn.opcode == 0x22)) {
        e->qualification |= general << 8;
        e->info1 = INFO_MOV | general;
    } else {
        bool memory = insn.mod != 3;
        uint64_t source = REG(cpu->env, general);
        if (memory)
            vpc_read_linear(cpu->machine, cpu->id, vpc_operand_address(cpu, &insn), (uint8_t *)&source, 2);
        e->qualification |= ACCESS_LMSW | (memory ? LMSW_MEMORY : 0) | (source & 0xffff) << 16;
    }
}

static const struct { uint8_t svm, reason; } plain[] = {
    {SVM_RDPMC, VPC_EXIT_RDPMC}, {SVM_CPUID, VPC_EXIT_CPUID}, {SVM_PAUSE, VPC_EXIT_PAUSE},
    {SVM_HLT, VPC_EXIT_HLT},     {SVM_MONITOR, VPC_EXIT_MONITOR}, {SVM_MWAIT, VPC_EXIT_MWAIT},
};

static int plain_reason(uint32_t type)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (plain[i].svm == type)
            return plain[i].reason;
    return -1;
}

/* What the instruction at RIP makes of the check QEMU does for it; false for checks that are no instruction's. */
static bool describe(vpc_cpu *cpu, uint32_t type, uint64_t parameter, exit_info *e)
{
    vpc_insn insn;
    e->code = type;
    if (type < SVM_WRITE_CR0 + 0x10) {
        bool exits = (type < SVM_WRITE_CR0 ? CR_READS_EXIT : CR_WRITES_EXIT) >> (type & 0xf) & 1;
        if (exits)
            describe_control(cpu, type, e);
        return exits;
    }
    vpc_decode_next(cpu, &insn);
    e->length = insn.length;
    switch (type) {
    case SVM_RDTSC:
        e->reason = insn.opcode == 0x31 ? VPC_EXIT_RDTSC : VPC_EXIT_RDTSCP;
        e->code = insn.opcode == 0x31 ? SVM_RDTSC : SVM_RDTSCP;
        return true;
    case SVM_MSR:
        e->reason = parameter ? VPC_EXIT_WRMSR : VPC_EXIT_RDMSR;
        e->info1 = parameter;
        return true;
    case SVM_INVLPG:
        e->reason = VPC_EXIT_INVLPG;
        e->qualification = e->info1 = vpc_operand_address(cpu, &insn);
        return true;
    default:
        break;
    }
    int reason = plain_reason(type);
    if (reason >= 0)
        e->reason = (uint32_t)reason;
    return reason >= 0;
}

/* PAUSE leaves Unicorn's loop in QEMU, to let another CPU run. Here it is another's turn behind the instruction, which
 * takes a microsecond: a guest that waits in a loop of it would otherwise spend the wait in millions of them. */
#define PAUSES_PER_SECOND 1000000u

static void pause_cpu(vpc_cpu *cpu)
{
    vpc *m = cpu->machine;
    m->ticks += m->tsc_hz / PAUSES_PER_SECOND;
    vpc_end_turn(m);
    vpc_finish_instruction(cpu);
}

bool vpc_intercepted_unwatched(vpc_cpu *cpu, uint32_t type)
{
    vpc *m = cpu->machine;
    if (watched(m) || type == SVM_WRITE_CR8 || type == SVM_MSR)
        return false;
    if (type < SVM_WRITE_CR0 + 0x10) {
        if (type == SVM_WRITE_CR3 && m->point[VPC_PT_GUEST_CR3_WRITE].n)
            return false;
        if ((type < SVM_WRITE_CR0 ? CR_READS_EXIT : CR_WRITES_EXIT) >> (type & 0xf) & 1)
            count(m, VPC_EXIT_CONTROL);
        return true;
    }
    if (type == SVM_RDTSC) {   /* RDTSCP too: which of the two it is tells its hook */
        *((bool *)cpu->uc + UC_SKIP_SYNC) = true;
        return true;
    }
    int reason = type == SVM_INVLPG ? VPC_EXIT_INVLPG : plain_reason(type);
    if (reason >= 0)
        count(m, (uint32_t)reason);
    if (type == SVM_PAUSE)
        pause_cpu(cpu);
    return true;
}

void vpc_time_stamp_read(vpc_cpu *cpu, bool with_processor)
{
    *((bool *)cpu->uc + UC_SKIP_SYNC) = false;
    if (!watched(cpu->machine))
        count(cpu->machine, with_processor ? VPC_EXIT_RDTSCP : VPC_EXIT_RDTSC);
}

/* A MOV to CR8 makes the lower half of the task priority 0 (SDM volume 3, 10.8.6). Most write what is there. */
static void change_task_priority(vpc_cpu *cpu, uint32_t value)
{
    if (value == *(cpu->env + ENV_TPR) && !cpu->run.priority_rest)
        return;
    cpu->run.priority_rest = 0;
    cpu->machine->emulator->devices.task_priority(cpu->id, value);
}

void vpc_write_control(vpc_cpu *cpu, int number, uint64_t value)
{
    vpc_check_control(cpu, number, value);
    if (number != 8 || watched(cpu->machine)) {
        uint64_t cr4 = ENV_U64(cpu->env, ENV_CR4);
        cpu->machine->emulator->uc.write_control(cpu->env, number, value);
        if ((cr4 ^ ENV_U64(cpu->env, ENV_CR4)) & CR4_DE)
            vpc_breakpoints_changed(cpu);
        return;
    }
    count(cpu->machine, VPC_EXIT_CONTROL);
    change_task_priority(cpu, value & 0xf);
    *(cpu->env + ENV_TPR) = value & 0xf;
}

/* Before an instruction that a hypervisor may intercept acts. */
void vpc_intercepted(vpc_cpu *cpu, uint32_t type, uint64_t parameter)
{
    vpc *m = cpu->machine;
    exit_info e = {0};
    if (!describe(cpu, type, parameter, &e))
        return;
    count(m, e.reason);
    if (watched(m))
        leave(cpu, &e);
    if (type == SVM_WRITE_CR3)
        vpc_fire_at(m, VPC_PT_GUEST_CR3_WRITE, cpu, NULL, 0);
    if (watched(m))
        resume_later(cpu);
    if (type == SVM_MSR)
        vpc_msr_access(cpu, parameter);
    if (type == SVM_WRITE_CR8)
        change_task_priority(cpu, REG(cpu->env, (e.qualification >> 8 & 15)) & 0xf);
    if (type == SVM_PAUSE)
        pause_cpu(cpu);
}
