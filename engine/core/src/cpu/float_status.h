/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status flags of floating-point exceptions. */
#ifndef VPC_CPU_FLOAT_STATUS_H
#define VPC_CPU_FLOAT_STATUS_H
#include "guest/state.h"

/* Around helpers of translated code; see emulator/helpers.h. Before the guest reads the status word of the x87, MXCSR,
 * or an image of both: */
void vpc_before_x87_status(vpc_cpu *);
void vpc_before_mxcsr(vpc_cpu *);
void vpc_before_fxsave(vpc_cpu *);
/* After it has written them: */
void vpc_after_x87_status(vpc_cpu *);
void vpc_after_mxcsr(vpc_cpu *);
void vpc_after_fxrstor(vpc_cpu *);
/* After a division: */
void vpc_after_division(vpc_cpu *);
/* FIST, FISTP and FISTTP of 16 bits: the number that is stored. */
int32_t vpc_fist(vpc_cpu *);
int32_t vpc_fistt(vpc_cpu *);
/* FLD, FST and FSTP of 32 and 64 bits. */
void vpc_fld_32(vpc_cpu *, uint32_t number);
void vpc_fld_64(vpc_cpu *, uint64_t number);
uint32_t vpc_fst_32(vpc_cpu *);
uint64_t vpc_fst_64(vpc_cpu *);
#endif
