/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INVPCID, which the translator does not know. */
#ifndef VPC_CPU_INVPCID_H
#define VPC_CPU_INVPCID_H
#include "guest/state.h"

/* Executes the instruction at RIP when it is INVPCID; otherwise returns. */
void vpc_execute_invpcid(vpc_cpu *);
#endif
