/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the disk now and then who it is, which comes by programmed I/O: REP INS in the kernel. */
#include "user.h"

static uint16_t identity[256];
static u64 sum;

NOINLINE void check_identity(void)
{
    for (u64 i = 0; i < 256; i++)
        sum += identity[i];
    sum = churn(sum, 1000);
}

NOINLINE void poll_disk(void)
{
    if (disk_identify(identity) == 1)
        check_identity();
}

void _start(void)
{
    for (;;) {
        poll_disk();
        msleep(phase(5000, 2) ? 300 : 1000);
    }
}
