/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sleeps, then does several things at once. */
#include "user.h"

static u64 sink;

NOINLINE void run_jobs(void)
{
    sink = churn(sink, 30000);
    read_port(0x80);
}

void _start(void)
{
    for (;;) {
        run_jobs();
        msleep(200);
    }
}
