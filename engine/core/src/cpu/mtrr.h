/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory type range registers. */
#ifndef VPC_CPU_MTRR_H
#define VPC_CPU_MTRR_H
#include "guest/state.h"

/* As the firmware of a PC leaves them: memory is write-back, but for the adapters below 1 MiB and those below 4 GiB. */
void vpc_mtrr_reset(vpc_cpu *);
/* Where such a register or IA32_PAT is kept, or NULL: it is none of them. */
uint64_t *vpc_mtrr_find(vpc_cpu *, uint32_t number);
bool vpc_mtrr_valid(uint32_t number, uint64_t value);
#endif
