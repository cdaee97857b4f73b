/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's stack as a script sees it. */
#ifndef VPC_VP_STACK_H
#define VPC_VP_STACK_H
#include "vp/fire.h"

/* Writes the text of gueststack; returns VPC_RUNTIME_*. */
int vpc_guest_stack(vpc_firing *, char *to);
/* Writes the text of guestmapping, of what is mapped at an address; returns VPC_RUNTIME_*. */
int vpc_guest_mapping(vpc_firing *, char *to, uint64_t address);
#endif
