/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of a CPU. */
#ifndef VPC_CPU_EXCEPTIONS_H
#define VPC_CPU_EXCEPTIONS_H
#include "guest/state.h"

enum {
    VPC_VECTOR_DB = 1, VPC_VECTOR_NMI = 2, VPC_VECTOR_BP = 3, VPC_VECTOR_OF = 4, VPC_VECTOR_UD = 6,
    VPC_VECTOR_TS = 10, VPC_VECTOR_NP = 11, VPC_VECTOR_GP = 13, VPC_VECTOR_PF = 14
};

void vpc_install_exception_hooks(vpc_cpu *);
/* Where QEMU would end the process: raise what the processor raises, or end the run. Does not return. */
_Noreturn void vpc_abort(vpc_cpu *, const char *message);
#endif
