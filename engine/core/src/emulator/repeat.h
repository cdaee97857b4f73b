/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REP MOVS and REP STOS, many elements at once. */
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
#endif
