/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block clock as generated code, where the core knows the host's instructions; elsewhere it is a hook. */
#ifndef VPC_EMULATOR_BLOCK_CLOCK_H
#define VPC_EMULATOR_BLOCK_CLOCK_H
#include "guest/state.h"

#ifdef __x86_64__
#define VPC_INLINE_CLOCK
#endif

/* In place of Unicorn's functions; see interpose.h. */
int vpc_generate_code(void *context, uint8_t *block);
void vpc_request_exit(void *state);
#endif
