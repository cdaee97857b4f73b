/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LOCK where the processor refuses it. */
#ifndef VPC_EMULATOR_LOCK_PREFIX_H
#define VPC_EMULATOR_LOCK_PREFIX_H
#include "guest/state.h"

/* Whether an instruction of the block that is being translated has a LOCK prefix and may not have one. */
bool vpc_refuses_lock(const vpc_cpu *, const uint8_t *context, const uint8_t *block);
/* Raises #UD at an address; does not return. */
void vpc_raise_undefined(vpc_cpu *, uint64_t eip);
#endif
