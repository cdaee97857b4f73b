/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset, INIT and start-up of a CPU. */
#ifndef VPC_CPU_STARTUP_H
#define VPC_CPU_STARTUP_H
#include "guest/state.h"

/* The state after RESET#; every CPU but the first waits for a start-up message. */
void vpc_reset_cpu(vpc_cpu *);
/* An INIT waits that the CPU takes now: in system management mode it is held back. */
static inline bool vpc_init_due(const vpc_cpu *cpu) { return cpu->run.init && cpu->run.smm == SMM_OUTSIDE; }
/* Give each CPU the INIT and the start-up message that wait for it. No CPU may be executing. */
void vpc_take_messages(vpc *);
#endif
