/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least a native hook can do: count. */
#include <stdint.h>

void count(void *uc, uint64_t address, uint32_t size, void *data)
{
    (void)uc, (void)address, (void)size;
    ++*(uint64_t *)data;
}
