/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU bound: every two seconds another function is hot. */
#include "user.h"

static u64 sink;
static uint32_t table[1024];

NOINLINE void sieve(void)
{
    for (u64 i = 0; i < 1024; i++)
        table[i] = 1;
    for (u64 i = 2; i < 1024; i++)
        for (u64 j = i * 2; table[i] && j < 1024; j += i)
            table[j] = 0;
}

NOINLINE void hash_blocks(void)
{
    sink = churn(sink, 3000);
}

NOINLINE void sort_table(void)
{
    u64 state = 88172645463325252ull;
    for (u64 i = 0; i < 96; i++)
        table[i] = (uint32_t)next_random(&state);
    for (u64 i = 1; i < 96; i++)
        for (u64 j = i; j && table[j - 1] > table[j]; j--) {
            uint32_t t = table[j];
            table[j] = table[j - 1];
            table[j - 1] = t;
        }
}

NOINLINE void work(void)
{
    static void (*const phases[])(void) = {sieve, hash_blocks, sort_table};
    phases[phase(2000, 3)]();
}

void _start(void)
{
    for (;;) {
        for (int i = 0; i < 24; i++)
            work();
        msleep(40);
    }
}
