/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions.
 *
 * Unicorn calls hooks for exceptions and does not deliver them; delivery through the IDT is QEMU's own routine, called
 * from a native hook so that a fault during delivery longjmps to where QEMU expects it. Semantics follow the Intel SDM
 * (volume 3, chapter 6). */
#include "cpu/exceptions.h"
#include <stdio.h>
#include <string.h>
#include "cpu/debug.h"
#include "cpu/exits.h"
#include "cpu/invpcid.h"
#include "cpu/user_stack.h"
#include "cpu/vex.h"
#include "emulator/emulator.h"
#include "emulator/translated.h"
#include "guest/instruction.h"
#include "guest/memory.h"
#include "guest/registers.h"
#include "vp/fire.h"

#define INT1 0xf1
#define LOCK 0xf0
#define WITH_ERROR_CODE (1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 17)

/* Unicorn has advanced EIP past an INT; the delivery routine takes the return address from another field, and a fault
 * during delivery is a fault of the instruction (SDM volume 3, 6.5). Returns whether it is INT3 or INTO, whose traps
 * count as exceptions, and not INT n. */
static bool back_to_instruction(vpc_cpu *cpu, uint32_t vector)
{
    static const uint8_t short_form[] = {[VPC_VECTOR_BP] = 0xcc, [VPC_VECTOR_OF] = 0xce};
    uint64_t *eip = &ENV_U64(cpu->env, ENV_EIP);
    uint8_t opcode = 0;
    vpc_read_linear(cpu->machine, cpu->id, SEGMENT_BASE(cpu->env, VPC_SEG_CS) + *eip - 1, &opcode, 1);
    bool is_short = vector < sizeof short_form && short_form[vector] && opcode == short_form[vector];
    *eip -= is_short ? 1 : 2;
    return is_short;
}

#define ERROR_IDT 2u
#define ERROR_EXT 1u

/* The error code of a fault at a gate: the vector times 8, and EXT unless an instruction asked for the delivery (SDM
 * volume 3, 6.13). In long mode QEMU counts 16 bytes a gate, and it knows no EXT. */
static void correct_error_code(vpc_cpu *cpu, uint32_t vector)
{
    bool *by_instruction = &cpu->run.by_instruction;
    uint32_t code = ENV_U32(cpu->env, ENV_ERROR_CODE);
    if ((vector == VPC_VECTOR_NP || vector == VPC_VECTOR_GP) && code & ERROR_IDT) {
        uint32_t gate = ENV_U32(cpu->env, ENV_HFLAGS) & HF_LMA ? code >> 4 : code >> 3;
        ENV_I32(cpu->env, ENV_ERROR_CODE) = (int32_t)(gate << 3 | ERROR_IDT | (*by_instruction ? 0 : ERROR_EXT));
    }
    *by_instruction = false;
}

static void fire_exception(vpc_cpu *cpu, uint32_t vector, bool software)
{
    vpc *m = cpu->machine;
    bool has_code = ENV_U64(cpu->env, ENV_CR0) & CR0_PE && WITH_ERROR_CODE >> vector & 1;
    correct_error_code(cpu, vector);
    vpc_debug_exception(cpu, vector, software);
    uint64_t error_code = ENV_U32(cpu->env, ENV_ERROR_CODE);
    m->emulator->exceptions[vector]++;
    vpc_exit_exception(cpu, vector, software, has_code);
    vpc_fire_at(m, VPC_PT_FAULT0 + vector, cpu, &error_code, has_code);
    vpc_inject_exception(cpu, vector, software, has_code);
    if (!software && vector != VPC_VECTOR_DB)   /* a fault: its instruction runs without a breakpoint then */
        ENV_U64(cpu->env, ENV_EFLAGS) |= RFLAGS_RF;
}

/* Does not return when delivery faults: the next exception follows. */
static void deliver(vpc_cpu *cpu)
{
    vpc_emulator *emulator = cpu->machine->emulator;
    cpu->run.by_instruction = ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT);
    emulator->uc.do_interrupt(cpu->state);
    cpu->run.by_instruction = false;
    vpc_event_delivered(cpu);
}

static void on_exception(void *uc, uint32_t vector, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    vpc_take_stack_back(cpu);
    bool software = ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT);
    if ((!software || back_to_instruction(cpu, vector)) && vector < 32)
        fire_exception(cpu, vector, software);
    deliver(cpu);
}

/* The length of INT1 at RIP, a trap that Unicorn does not implement; 0 for another instruction. */
static unsigned int1_length(const vpc_cpu *cpu)
{
    vpc_insn insn;
    uint8_t code[15];
    unsigned length = vpc_decode_next(cpu, &insn);
    if (!length || insn.map || insn.opcode != INT1)
        return 0;
    vpc_read_linear(cpu->machine, cpu->id, vpc_rip_linear(cpu), code, length);
    return memchr(code, LOCK, length) ? 0 : length;
}

static bool on_invalid(void *uc, void *data)
{
    (void)uc;
    vpc_cpu *cpu = data;
    unsigned trap = int1_length(cpu);
    if (trap) {
        ENV_I32(cpu->state, CPU_EXCEPTION_INDEX) = VPC_VECTOR_DB;
        fire_exception(cpu, VPC_VECTOR_DB, true);
        ENV_U64(cpu->env, ENV_EIP) += trap;
    } else if (!ENV_U32(cpu->env, ENV_EXCEPTION_IS_INT)) {   /* not INT 6 */
        vpc_execute_invpcid(cpu);
        if (vpc_permit_shlx(cpu))
            return true;
        fire_exception(cpu, VPC_VECTOR_UD, false);
    }
    deliver(cpu);
    return true;
}

#define NOTHING_BYTES 2   /* FF FF is all of an invalid opcode (SDM volume 2, table A-6) */

/* Instructions are fetched where there is no RAM: every byte reads FF. It takes time as any instruction does. Those
 * before it in the block are executed first, each as a block of its own. */
static bool on_fetch(void *uc, int type, uint64_t address, int bytes, int64_t value, void *data)
{
    (void)uc, (void)type, (void)address, (void)bytes, (void)value;
    vpc_cpu *cpu = data;
    if (vpc_shorten_block(cpu))
        cpu->machine->emulator->uc.loop_exit(cpu->state);   /* does not return */
    cpu->machine->ticks += NOTHING_BYTES * cpu->machine->ticks_per_byte;
    cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_UD, 0);
    return true;   /* not reached: it leaves by longjmp */
}

/* QEMU aborts when an exception, an interrupt or a call needs another stack and TR holds no 32- or 64-bit TSS. The
 * stack cannot be had from it: #TS with the selector of the TSS (SDM volume 3, 6.12.1 and table 6-2). */
#define ABORT_TSS "invalid tss"

_Noreturn void vpc_abort(vpc_cpu *cpu, const char *message)
{
    vpc_emulator *emulator = cpu->machine->emulator;
    if (!strncmp(message, ABORT_TSS, sizeof ABORT_TSS - 1)) {
        uint32_t selector = ENV_U32(cpu->env, ENV_TR + SEG_SELECTOR);
        emulator->uc.raise_exception(cpu->env, VPC_VECTOR_TS, (int)(selector & 0xfffc));
    }
    snprintf(emulator->error, sizeof emulator->error, "%s", message);
    emulator->failed = true;
    emulator->uc.emu_stop(cpu->uc);
    emulator->uc.loop_exit(cpu->state);
    __builtin_unreachable();   /* both leave by longjmp */
}

void vpc_install_exception_hooks(vpc_cpu *cpu)
{
    vpc_hook(cpu, NULL, UC_HOOK_INTR, (void *)on_exception, cpu, 1, 0, 0);
    vpc_hook(cpu, NULL, UC_HOOK_INSN_INVALID, (void *)on_invalid, cpu, 1, 0, 0);
    vpc_hook(cpu, NULL, UC_HOOK_MEM_FETCH_PROT | UC_HOOK_MEM_FETCH_UNMAPPED, (void *)on_fetch, cpu, 1, 0, 0);
}
