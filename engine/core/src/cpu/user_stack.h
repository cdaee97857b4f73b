/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Far calls and returns of ring 3. */
#ifndef VPC_CPU_USER_STACK_H
#define VPC_CPU_USER_STACK_H
#include "guest/state.h"

/* Before QEMU's routine of an instruction that pops words from the stack: in ring 3, raises the page fault of the access,
 * if there is one, and lets the routine access the stack. */
void vpc_lend_stack(vpc_cpu *, unsigned words, uintptr_t caller);
/* Before IRET, likewise: have the routine not enter virtual-8086 mode where the CPU does not. */
void vpc_hide_vm(vpc_cpu *, uintptr_t caller);
/* After it, and wherever else the instruction ends. */
void vpc_take_stack_back(vpc_cpu *);

/* Around helpers of translated code; see emulator/helpers.h. */
void vpc_before_far_call(vpc_cpu *);
void vpc_before_short_call(vpc_cpu *);
void vpc_before_short_iret(vpc_cpu *);
#endif
