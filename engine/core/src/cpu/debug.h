/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug registers: breakpoints of the guest on instructions and on data. */
#ifndef VPC_CPU_DEBUG_H
#define VPC_CPU_DEBUG_H
#include "guest/state.h"

/* Before an access to data. host_pc: where in translated code, 0 outside. May not return: then the instruction begins
 * again, as a block of its own. */
void vpc_debug_access(vpc_cpu *, uint64_t address, uint64_t bytes, bool store, uintptr_t host_pc);
/* Whether the instruction at RIP has begun again in this way, and what comes before it has been done. */
static inline bool vpc_debug_repeats(const vpc_cpu *cpu)
{
    return cpu->run.again.block == cpu->machine->blocks && cpu->run.again.eip == ENV_U64(cpu->env, ENV_EIP);
}
/* Whether the block that is about to run is such an instruction. */
bool vpc_debug_will_repeat(const vpc_cpu *, uint64_t eip);
/* Whether #DB comes before the next instruction, to which RIP then points. */
bool vpc_debug_due(vpc_cpu *);
/* Go on behind the instruction at RIP, which has been executed in place of translated code; its length must not depend on
 * the operand size. Does not return. */
void vpc_finish_instruction(vpc_cpu *);
/* HLT has been executed. Whether #DB of a single step follows, which a halted CPU wakes up for (SDM volume 2, HLT). */
bool vpc_debug_ends_halt(vpc_cpu *);
/* An exception is about to be delivered: what it means for DR6 and DR7. */
void vpc_debug_exception(vpc_cpu *, uint32_t vector, bool software);

/* In place of helpers of translated code; see emulator/helpers.h. */
void vpc_set_debug_register(vpc_cpu *, int number, uint64_t value);
uint64_t vpc_get_debug_register(vpc_cpu *, int number);
void vpc_instruction_breakpoint(vpc_cpu *);
void vpc_single_step(vpc_cpu *);
void vpc_recheck_single_step(vpc_cpu *);
/* In place of Unicorn's function; see emulator/interpose.h. */
void vpc_update_dr7(void *env, uint32_t value);
#endif
