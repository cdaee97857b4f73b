/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug registers (Intel SDM volume 3, 18.2 and 18.3).
 *
 * Breakpoints on instructions are found when code is translated, in the list that Unicorn looks into. Those on data use
 * the TLB entries of their pages, as data probes do; see probes/watchpoints.c. They are traps: an instruction that
 * accesses the data begins again as a block of its own, and #DB comes before the next one. */
#include "cpu/debug.h"
#include "cpu/exceptions.h"
#include "emulator/breakpoints.h"
#include "emulator/emulator.h"
#include "emulator/interpose.h"
#include "guest/instruction.h"
#include "guest/registers.h"

#define HITS 0xfu                    /* B0 to B3 of DR6 */
#define DR6_BD 0x2000u
#define DR6_BS 0x4000u
#define DR6_ONES 0xffff0ff0u
#define DR6_WRITABLE 0xe00fu
#define DR7_GD 0x2000u
#define DR7_ONES 0x400u
#define DR7_WRITABLE 0xffff23ffu
#define ENABLES 0xffu
#define LONGEST_MOV_SS 9             /* bytes, with one prefix */
#define MOV_TO_SEGMENT 0x8e
#define POP_SS 0x17

/* Does not return. */
static void raise(vpc_cpu *cpu, int vector) { cpu->machine->emulator->uc.raise_exception(cpu->env, vector, 0); }

static void set_hits(vpc_cpu *cpu, uint64_t bits) { DR(cpu, 6) = (DR(cpu, 6) & ~(uint64_t)HITS) | bits; }

/* --- MOV to and from debug registers ----------------------------------------------------------------------------- */

/* Restores the registers where a helper was called from when an access faults; then the number of the register. */
static int check_access(vpc_cpu *cpu, int number, uint64_t value, uintptr_t caller)
{
    bool alias = number == 4 || number == 5, refused = alias && ENV_U64(cpu->env, ENV_CR4) & CR4_DE;
    number += alias ? 2 : 0;
    bool detected = DR(cpu, 7) & DR7_GD, reserved = number >= 6 && value >> 32;
    if (!refused && !detected && !reserved)
        return number;
    cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
    if (refused)
        raise(cpu, VPC_VECTOR_UD);
    if (detected) {
        DR(cpu, 6) |= DR6_BD;
        ENV_U64(cpu->env, ENV_EFLAGS) |= RFLAGS_RF;   /* as any fault does */
        raise(cpu, VPC_VECTOR_DB);
    }
    raise(cpu, VPC_VECTOR_GP);
    return number;   /* not reached: it leaves by longjmp */
}

static void write_dr7(vpc_cpu *cpu, uint32_t value)
{
    bool matters = (DR(cpu, 7) | value) & ENABLES;
    DR(cpu, 7) = (value & DR7_WRITABLE) | DR7_ONES;
    if (matters)
        vpc_breakpoints_changed(cpu);
}

void vpc_set_debug_register(vpc_cpu *cpu, int number, uint64_t value)
{
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64))
        value = (uint32_t)value;
    number = check_access(cpu, number, value, VPC_CALLER);
    if (number == 7) {
        write_dr7(cpu, (uint32_t)value);
    } else if (number == 6) {
        DR(cpu, 6) = (value & DR6_WRITABLE) | DR6_ONES;
    } else {
        DR(cpu, number) = value;
        if (vpc_breakpoint_enabled(cpu, number))
            vpc_breakpoints_changed(cpu);
    }
}

uint64_t vpc_get_debug_register(vpc_cpu *cpu, int number)
{
    return DR(cpu, check_access(cpu, number, 0, VPC_CALLER));
}

void vpc_update_dr7(void *env, uint32_t value)
{
    vpc_cpu *cpu = vpc_cpu_of_env(env);
    if (cpu)
        write_dr7(cpu, value);
    else
        vpc_replaced.update_dr7(env, value);
}

/* --- breakpoints on instructions, and single steps --------------------------------------------------------------- */

/* Whether an instruction that ends here holds back debug exceptions until the next one is done (SDM volume 3, 6.8.3).
 * The flag of the translator holds back interrupts after STI, too. */
static bool follows_mov_ss(const vpc_cpu *cpu)
{
    vpc_insn insn;
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_INHIBIT_IRQ))
        return false;
    for (unsigned length = 1; length <= LONGEST_MOV_SS; length++) {
        bool ends_here = vpc_decode_at(cpu, vpc_rip_linear(cpu) - length, &insn) == length && !insn.map;
        if (ends_here && (insn.opcode == POP_SS || (insn.opcode == MOV_TO_SEGMENT && insn.reg == VPC_SEG_SS)))
            return true;
    }
    return false;
}

/* The CPU passes over a breakpoint while RF is set. */
static void pass_over(vpc_cpu *cpu)
{
    ENV_U64(cpu->env, ENV_EFLAGS) |= RFLAGS_RF;
    cpu->machine->emulator->uc.loop_exit(cpu->state);
}

void vpc_instruction_breakpoint(vpc_cpu *cpu)
{
    uint64_t hits = 0;
    for (int n = 0; n < VPC_BREAKPOINTS; n++)
        if (vpc_breakpoint_enabled(cpu, n) && vpc_breakpoint_kind(cpu, n) == BREAK_EXECUTION &&
            DR(cpu, n) == vpc_rip_linear(cpu))
            hits |= 1u << n;
    if (!hits || follows_mov_ss(cpu))
        pass_over(cpu);
    set_hits(cpu, hits);
    raise(cpu, VPC_VECTOR_DB);
}

void vpc_single_step(vpc_cpu *cpu)
{
    set_hits(cpu, 0);
    DR(cpu, 6) |= DR6_BS;
    raise(cpu, VPC_VECTOR_DB);
}

void vpc_recheck_single_step(vpc_cpu *cpu)
{
    if (ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_TF)
        vpc_single_step(cpu);
}

void vpc_finish_instruction(vpc_cpu *cpu)
{
    ENV_U64(cpu->env, ENV_EIP) += vpc_instruction_length(cpu);
    ENV_U32(cpu->env, ENV_HFLAGS) &= ~HF_INHIBIT_IRQ;
    vpc_recheck_single_step(cpu);
    cpu->machine->emulator->uc.loop_exit(cpu->state);
}

bool vpc_debug_ends_halt(vpc_cpu *cpu)
{
    if (!(ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_TF))
        return false;
    cpu->run.debug_hits |= DR6_BS;
    return true;
}

/* --- breakpoints on data ----------------------------------------------------------------------------------------- */

bool vpc_debug_will_repeat(const vpc_cpu *cpu, uint64_t eip)
{
    return cpu->run.again.block == cpu->machine->blocks + 1 && cpu->run.again.eip == eip;
}

static uint32_t find_hits(const vpc_cpu *cpu, uint64_t address, uint64_t bytes, bool store)
{
    uint32_t hits = 0;
    for (uint32_t i = 0; i < cpu->debug.ndata; i++) {
        const vpc_data_breakpoint *b = &cpu->debug.data[i];
        if ((store || !b->only_stores) && (b->address - address < bytes || address - b->address < b->bytes))
            hits |= b->hit;
    }
    return hits;
}

/* Begin the instruction again as a block of its own. */
static void begin_again(vpc_cpu *cpu)
{
    cpu->run.again.block = cpu->machine->blocks + 1;
    cpu->run.again.eip = ENV_U64(cpu->env, ENV_EIP);
    cpu->run.split.bytes = 0;
    ENV_U32(cpu->state, CPU_NEXT_CFLAGS) = CF_ONE_INSTRUCTION;
    cpu->machine->emulator->uc.loop_exit(cpu->state);
}

void vpc_debug_access(vpc_cpu *cpu, uint64_t address, uint64_t bytes, bool store, uintptr_t host_pc)
{
    uint32_t hits = find_hits(cpu, address, bytes, store);
    if (!hits)
        return;
    if (host_pc) {
        cpu->machine->emulator->uc.restore_state(cpu->state, host_pc, false);
        if (!vpc_debug_repeats(cpu))
            begin_again(cpu);
    }
    cpu->run.debug_hits |= (uint16_t)hits;
    cpu->machine->tick_limit = 0;
}

/* QEMU comes to a string instruction with REP once more when its count is 0. */
static void pass_repeated(vpc_cpu *cpu)
{
    vpc_insn insn;
    if (vpc_debug_repeats(cpu) && vpc_decode_next(cpu, &insn) && insn.repeat && vpc_is_string(&insn) &&
        !vpc_repeat_count(cpu, &insn))
        ENV_U64(cpu->env, ENV_EIP) += insn.length;
}

bool vpc_debug_due(vpc_cpu *cpu)
{
    if (!cpu->run.debug_hits || follows_mov_ss(cpu))
        return false;
    pass_repeated(cpu);
    return true;
}

/* --- exceptions -------------------------------------------------------------------------------------------------- */

void vpc_debug_exception(vpc_cpu *cpu, uint32_t vector, bool software)
{
    uint16_t *pending = &cpu->run.debug_hits;
    if (vector == VPC_VECTOR_DB) {
        if (*pending)
            set_hits(cpu, *pending);
        DR(cpu, 7) &= ~(uint64_t)DR7_GD;
        *pending = 0;
    } else if (!software) {
        *pending = 0;   /* a fault: the instruction has not been executed */
    }
}
