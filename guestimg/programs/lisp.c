/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deep recursion, so that guest stacks have something to show. */
#include "user.h"

static u64 sink;

NOINLINE u64 eval(u64 depth);

NOINLINE u64 apply(u64 depth)
{
    u64 value = eval(depth - 1);
    return value + depth;
}

NOINLINE u64 eval(u64 depth)
{
    if (!depth)
        return churn(sink, 2000);
    u64 value = apply(depth);
    return value ^ depth;
}

NOINLINE u64 fib(u64 n)
{
    if (n < 2)
        return n;
    u64 a = fib(n - 1);
    return a + fib(n - 2);
}

NOINLINE void collect_garbage(void)
{
    sink = churn(sink, 20000);
}

NOINLINE void read_eval_print(void)
{
    switch (phase(2500, 3)) {
    case 0: sink += fib(17); break;
    case 1: for (int i = 0; i < 8; i++) sink += eval(24); break;
    default: collect_garbage(); break;
    }
}

void _start(void)
{
    for (;;) {
        read_eval_print();
        msleep(50);
    }
}
