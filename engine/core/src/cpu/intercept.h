/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that a hypervisor would intercept, and errors that QEMU does not survive. */
#ifndef VPC_CPU_INTERCEPT_H
#define VPC_CPU_INTERCEPT_H
#include "guest/state.h"

/* In place of Unicorn's functions; see emulator/interpose.h. */
void vpc_check_intercept(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc);
void vpc_library_abort(void *state, const char *format, ...);
/* The check of a replaced helper, whose registers are exact. type: intercept code of AMD-V. */
void vpc_intercept_helper(vpc_cpu *, uint32_t type);
#endif
