/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls, and what several programs need. */
#ifndef USER_H
#define USER_H
#include <stdint.h>

typedef uint64_t u64;
#define NOINLINE __attribute__((noinline))

static inline u64 call(u64 number, u64 a, u64 b, u64 c)
{
    u64 result = number;
    __asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

static inline u64 getpid(void) { return call(0, 0, 0, 0); }
static inline void print(const char *text) { u64 n = 0; while (text[n]) n++; call(1, (u64)text, n, 0); }
static inline void msleep(u64 milliseconds) { call(2, milliseconds, 0, 0); }
static inline u64 now_ms(void) { return call(3, 0, 0, 0); }
static inline char *map(u64 bytes) { return (char *)call(4, bytes, 0, 0); }
static inline void unmap(void) { call(5, 0, 0, 0); }
static inline u64 disk_read(u64 sector, u64 sectors, void *to) { return call(6, sector, sectors, (u64)to); }
static inline u64 disk_write(u64 sector, u64 sectors, const void *from) { return call(7, sector, sectors, (u64)from); }
static inline void on_signal(void (*handler)(u64, u64)) { call(8, (u64)handler, 0, 0); }
static inline u64 read_port(u64 port) { return call(9, port, 0, 0); }

/* The data area of the disk: the kernel's image lies before it. */
#define DATA_FIRST 4096
#define DATA_SECTORS 12288

static inline u64 next_random(u64 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Some thousand instructions that the compiler cannot leave out. */
static NOINLINE u64 churn(u64 seed, u64 rounds)
{
    for (u64 i = 0; i < rounds; i++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        seed ^= seed >> 29;
    }
    return seed;
}

/* Which of `count` phases of `milliseconds` each it is. */
static inline u64 phase(u64 milliseconds, u64 count) { return now_ms() / milliseconds % count; }
#endif
