/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of VP: one of each VCPU, and one for the VMX context. */
#ifndef VPC_VP_THREAD_H
#define VPC_VP_THREAD_H
#include "guest/state.h"

/* VP stack of one thread: a VCPU, or the VMX context. */
typedef struct vpc_thread {
    uint32_t id;               /* VCPU number; ncpus for the VMX context */
    uint64_t stack[VPC_STACK_SLOTS];
    uint64_t zero;             /* never written: ends whatever is read as a string from the stack */
} vpc_thread;

/* Makes and frees what a machine keeps for scripts: threads, log, limits. */
int vpc_threads_new(vpc *, vpc_error *error);
void vpc_threads_free(vpc *);
#endif
