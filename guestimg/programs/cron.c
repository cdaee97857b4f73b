/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sleeps, then does several things at once. Also meets errors that it survives. */
#include "user.h"

static u64 sink;
static volatile u64 zero;
static volatile u64 survived;

NOINLINE void run_jobs(void);
NOINLINE void main_loop(void);

/* #DE and #GP come here; going back to the loop is all there is to do. */
NOINLINE void caught(u64 vector, u64 address)
{
    survived += vector + (address != 0);
    main_loop();
}

NOINLINE void run_jobs(void)
{
    sink = churn(sink, 30000);
    read_port(0x80);
}

NOINLINE void main_loop(void)
{
    static u64 round;
    for (;;) {
        run_jobs();
        msleep(200);
        round++;
        if (round % 16 == 8)
            sink = 1000 / zero;
        if (round % 16 == 0)
            __asm__ volatile("hlt");       /* privileged: #GP */
    }
}

void _start(void)
{
    on_signal(caught);
    main_loop();
}
