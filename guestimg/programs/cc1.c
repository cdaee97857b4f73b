/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page-fault heavy: touches fresh memory page by page and gives it back. */
#include "user.h"

static u64 sink;

NOINLINE void parse(char *heap, u64 pages)
{
    for (u64 i = 0; i < pages; i++) {
        heap[i * 4096] = (char)i;
        sink = churn(sink, 300);
    }
}

NOINLINE void translate_unit(u64 pages)
{
    char *heap = map(pages * 4096);
    parse(heap, pages);
    unmap();
}

void _start(void)
{
    for (;;) {
        translate_unit(phase(3000, 2) ? 120 : 30);
        msleep(70);
    }
}
