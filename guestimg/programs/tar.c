/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequential reads of the disk, in bursts of a few seconds. */
#include "user.h"

static char buffer[32768];
static u64 sink;

NOINLINE void checksum(void)
{
    for (u64 i = 0; i < sizeof buffer; i += 8)
        sink = (sink << 1 | sink >> 63) ^ *(u64 *)(buffer + i);
    sink = churn(sink, 16000);
}

NOINLINE void archive(void)
{
    static u64 at;
    disk_read(DATA_FIRST + at, 64, buffer);
    at = (at + 64) % (DATA_SECTORS - 64);
    checksum();
}

void _start(void)
{
    for (;;) {
        archive();
        msleep(phase(4000, 2) ? 90 : 25);
    }
}
