/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls, and what several programs need. */
#ifndef USER_H
#define USER_H
#include <stdint.h>
#include "../calls.h"

typedef uint64_t u64;
#define NOINLINE __attribute__((noinline))

static inline u64 call(u64 number, u64 a, u64 b, u64 c)
{
    u64 result = number;
    __asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

static inline u64 getpid(void) { return call(CALL_GETPID, 0, 0, 0); }
static inline void print(const char *text) { u64 n = 0; while (text[n]) n++; call(CALL_WRITE, (u64)text, n, 0); }
static inline void msleep(u64 milliseconds) { call(CALL_SLEEP, milliseconds, 0, 0); }
static inline u64 now_ms(void) { return call(CALL_MILLISECONDS, 0, 0, 0); }
static inline char *map(u64 bytes) { return (char *)call(CALL_MAP, bytes, 0, 0); }
static inline void unmap(void) { call(CALL_UNMAP, 0, 0, 0); }
static inline u64 disk_read(u64 sector, u64 sectors, void *to)
{
    return call(CALL_DISK_READ, sector, sectors, (u64)to);
}
static inline u64 disk_write(u64 sector, u64 sectors, const void *from)
{
    return call(CALL_DISK_WRITE, sector, sectors, (u64)from);
}
static inline u64 disk_identify(void *to) { return call(CALL_DISK_IDENTIFY, (u64)to, 0, 0); }
static inline void on_signal(void (*entry)(void)) { call(CALL_SIGNAL, (u64)entry, 0, 0); }
static inline u64 read_port(u64 port) { return call(CALL_PORT, port, 0, 0); }
/* Time of day as BCD hhmmss. */
static inline u64 clock_bcd(void) { return call(CALL_CLOCK, 0, 0, 0); }
/* The screen's memory, from 0xa0000 to 0xbffff, at these addresses. */
static inline void map_screen(void) { call(CALL_SCREEN, 0, 0, 0); }
static inline void raise_smi(u64 command) { call(CALL_SMI, command, 0, 0); }
static inline void raise_nmi(void) { call(CALL_NMI, 0, 0, 0); }
/* 0, or -1: no network card, or the card does not take it. */
static inline u64 net_address(void *six_bytes) { return call(CALL_NET_ADDRESS, (u64)six_bytes, 0, 0); }
static inline u64 net_send(const void *frame, u64 bytes) { return call(CALL_NET_SEND, (u64)frame, bytes, 0); }
/* Bytes of the frame that came, 0: none within that time. `to` has room for MAX_FRAME. */
#define MAX_FRAME 1514
static inline u64 net_receive(void *to, u64 milliseconds) { return call(CALL_NET_RECEIVE, (u64)to, milliseconds, 0); }

/* What a signal handler may look at and change: the registers in the order of the kernel's struct trap. */
struct registers {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    u64 vector, error, rip, cs, rflags, rsp, ss;
};

/* Where signals come in: call handler(vector, registers), then go on with what it left of the registers. RSP points at
 * a frame record (16 bytes) and the registers behind it. */
#define STRING(number) STRING_OF(number)
#define STRING_OF(number) #number
#define SIGNAL_ENTRY(name, handler)                                             \
    __attribute__((naked)) static void name(void)                               \
    {                                                                           \
        __asm__ volatile("call " #handler "; leaq 16(%rsp), %rdi; "             \
                         "movl $" STRING(CALL_SIGNAL_RETURN) ", %eax; syscall"); \
    }

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
__attribute__((unused)) static NOINLINE u64 churn(u64 seed, u64 rounds)
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
