/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random reads of the disk, and some work on what they bring. */
#include "user.h"

static char page[8192];
static u64 state = 0x9e3779b97f4a7c15ull;
static u64 sink;

NOINLINE void read_tuple(u64 sectors)
{
    disk_read(DATA_FIRST + next_random(&state) % (DATA_SECTORS - 16), sectors, page);
}

NOINLINE void scan_page(void)
{
    for (u64 i = 0; i < sizeof page; i += 8)
        sink += *(u64 *)(page + i);
    sink = churn(sink, 14000);
}

NOINLINE void query(void)
{
    read_tuple(phase(3000, 2) ? 16 : 4);
    scan_page();
}

void _start(void)
{
    for (;;) {
        for (int i = 0; i < 6; i++)
            query();
        msleep(phase(5000, 2) ? 120 : 30);
    }
}
