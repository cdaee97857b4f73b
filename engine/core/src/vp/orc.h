/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by the ORC tables of a Linux kernel. */
#ifndef VPC_VP_ORC_H
#define VPC_VP_ORC_H
#include "guest/state.h"

/* Which registers beside IP, SP and BP are known of a frame. */
typedef enum { UNWIND_NONE, UNWIND_CPU, UNWIND_SAVED } vpc_unwind_registers;

/* A frame of a stack that is being unwound. */
typedef struct {
    vpc *machine;
    const vpc_cpu *cpu;
    uint64_t ip, sp, bp;
    uint64_t base;                     /* of the stack segment */
    unsigned bytes;                    /* of a word on the stack */
    uint64_t saved_at;                 /* UNWIND_SAVED: the struct pt_regs they are in */
    vpc_unwind_registers registers;
    uint32_t popped;                   /* return addresses taken off the stack of a thunk */
    bool exact;                        /* ip is where the code goes on, not the return address of a call */
    bool frame_pointers;               /* chain the frames; otherwise the unwind tables say */
} vpc_unwind;

/* On to the caller; false at the end of the stack, or where it cannot be followed. */
bool vpc_orc_step(vpc_unwind *);
#endif
