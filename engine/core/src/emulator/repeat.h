/* SPDX-License-Identifier: GPL-2.0-or-later */
/* String instructions with REP: many elements of MOVS and STOS at once, and one instruction with RFLAGS.RF. */
#ifndef VPC_EMULATOR_REPEAT_H
#define VPC_EMULATOR_REPEAT_H
#include "guest/state.h"

#define VPC_REPEAT_MOVES 0x100u
#define VPC_REPEAT_LEAST 8   /* elements that are worth it */

/* What vpc_repeat needs to know of the instruction at an address: its width, and VPC_REPEAT_MOVES for MOVS; 0 when it
 * is none of those. */
uint32_t vpc_repeat_kind(const vpc_cpu *, uint64_t pc);
/* Executes elements as long as nothing can come between; the last of RCX is left. ticks: guest time of one. */
void vpc_repeat(vpc_cpu *, uint32_t kind, uint32_t ticks);
/* Before the one instruction of a block that runs with RFLAGS.RF, which ends with it (SDM volume 3, 18.3.1.1). */
void vpc_resume_instruction(vpc_cpu *, uint64_t pc);
#endif
