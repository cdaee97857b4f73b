/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does what processes must not do, and survives each time by signal. */
#include "user.h"

static volatile u64 survived[32];   /* by vector */
static u64 go_on;                   /* where the attempt ends */

/* Go on behind the attempt, without single steps. */
__attribute__((used)) void caught(u64 vector, struct registers *at)
{
    survived[vector]++;
    at->rip = go_on;
}

SIGNAL_ENTRY(signal_entry, caught)

#define ATTEMPT(name, instructions)                                             \
    NOINLINE void name(void)                                                    \
    {                                                                           \
        __asm__ volatile("leaq 1f(%%rip), %%rax; movq %%rax, %0;" instructions  \
                         "; 1:" : "=m"(go_on) : : "rax", "rdx", "memory", "cc"); \
    }

ATTEMPT(divide_by_zero, "xorl %%edx, %%edx; divq %%rdx")
ATTEMPT(single_step, "pushfq; orl $0x100, (%%rsp); popfq; nop")
ATTEMPT(breakpoint, "int3")
ATTEMPT(undefined, "ud2")
ATTEMPT(privileged, "hlt")
ATTEMPT(segment_not_present, "movl $0x3b, %%edx; movw %%dx, %%ds")
ATTEMPT(stack_not_present, "movl $0x3b, %%edx; movw %%dx, %%ss")
ATTEMPT(divide_real_by_zero, "fninit; pushq $0x37b; fldcw (%%rsp); addq $8, %%rsp; fld1; fldz; fdivrp; fwait")
ATTEMPT(write_to_kernel, "movq $0xffffffff80100000, %%rdx; movb $0, (%%rdx)")

void _start(void)
{
    static void (*const attempts[])(void) = {
        divide_by_zero, privileged, undefined, breakpoint, single_step, write_to_kernel, segment_not_present,
        stack_not_present, divide_real_by_zero,
    };
    on_signal(signal_entry);
    for (u64 round = 0;; round++) {
        attempts[round % (sizeof attempts / sizeof *attempts)]();
        msleep(phase(4000, 2) ? 150 : 500);
    }
}
