/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that are looked into all the time, on large pages of the host where it has them. */
#ifndef VPC_EMULATOR_HUGE_H
#define VPC_EMULATOR_HUGE_H
#include <stddef.h>

void *vpc_huge_new(size_t bytes);   /* zeros; NULL without memory */
void vpc_huge_free(void *, size_t bytes);
#endif
