/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the debug registers watch, as Unicorn and the TLB know it. */
#ifndef VPC_EMULATOR_BREAKPOINTS_H
#define VPC_EMULATOR_BREAKPOINTS_H
#include "guest/state.h"

#define DR(cpu, number) ENV_U64((cpu)->env, ENV_DR0 + 8 * (number))

/* R/W fields of DR7 (Intel SDM volume 3, 18.2.4). */
enum { BREAK_EXECUTION, BREAK_STORES, BREAK_PORTS, BREAK_DATA };

static inline bool vpc_breakpoint_enabled(const vpc_cpu *cpu, int number) { return DR(cpu, 7) >> 2 * number & 3; }
static inline uint32_t vpc_breakpoint_kind(const vpc_cpu *cpu, int number)
{
    return DR(cpu, 7) >> (16 + 4 * number) & 3;
}

/* DR0 to DR3, DR7 or CR4.DE have changed. */
void vpc_breakpoints_changed(vpc_cpu *);
#endif
