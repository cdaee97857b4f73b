/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests: parse, sometimes read the disk, answer. */
#include "user.h"

static char body[4096];
static u64 state = 1234567;
static u64 sink;

NOINLINE void parse_request(void)
{
    sink = churn(sink, 9000);
}

NOINLINE void send_file(void)
{
    disk_read(DATA_FIRST + next_random(&state) % 512, 8, body);
    sink += (u64)body[17];
}

NOINLINE void handle(void)
{
    parse_request();
    if (next_random(&state) % 4 == 0)
        send_file();
    sink = churn(sink, 9000);
}

void _start(void)
{
    for (;;) {
        handle();
        msleep(phase(3000, 2) ? 45 : 90);
    }
}
