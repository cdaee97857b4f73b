/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of Unicorn that the core replaces. */
#ifndef VPC_CPU_INTERCEPT_H
#define VPC_CPU_INTERCEPT_H
#include "guest/state.h"

/* Returns -1 with a reason in error: this is not the supported Unicorn. */
int vpc_intercept_open(vpc *, vpc_error *error);
void vpc_intercept_close(vpc *);
/* The CPU of one of this process's machines, or NULL: others may use the library too. */
vpc_cpu *vpc_cpu_of_env(const void *env);
vpc_cpu *vpc_cpu_of_state(const void *state);
#endif
