/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mostly sleeping; a short burst of work at each wake-up. */
#include "user.h"

static u64 sink;

NOINLINE void encrypt(void)
{
    sink = churn(sink, 22000);
}

NOINLINE void serve_packet(void)
{
    getpid();
    encrypt();
}

void _start(void)
{
    for (;;) {
        serve_packet();
        msleep(phase(4000, 2) ? 80 : 160);
    }
}
