/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls: number in RAX, arguments in RDI RSI RDX, result in RAX. programs/user.h is the
 * other side. */
#include "../calls.h"
#include "kernel.h"

#define FAILED ((u64)-1)
#define MAX_SECTORS 128

static u64 get_process_id(const struct trap *t)
{
    (void)t;
    return sys_getpid();
}

static u64 sys_write(const struct trap *t)
{
    if (t->rsi > 256 || !fault_in(t->rdi, t->rsi, false))
        return FAILED;
    console_write((const char *)t->rdi, t->rsi);
    return t->rsi;
}

static u64 sys_sleep(const struct trap *t)
{
    sleep_ticks((t->rdi * HZ + 999) / 1000);
    return 0;
}

static u64 sys_milliseconds(const struct trap *t)
{
    (void)t;
    return guest_counters.ticks * 1000 / HZ;
}

static u64 sys_map(const struct trap *t)
{
    if (t->rdi > MAP_LIMIT - MAP_BASE)
        return 0;
    current()->mapped = t->rdi;
    return MAP_BASE;
}

static u64 sys_unmap(const struct trap *t)
{
    (void)t;
    unmap_range(current()->cr3, MAP_BASE, MAP_BASE + current()->mapped);
    current()->mapped = 0;
    return 0;
}

static u64 transfer(enum disk_command command, u64 sector, u64 sectors, u64 address)
{
    if (!sectors || sectors > MAX_SECTORS || !fault_in(address, sectors * 512, command != DISK_WRITE))
        return FAILED;
    return disk_transfer(command, sector, sectors, address);
}

static u64 sys_disk_read(const struct trap *t)
{
    return transfer(DISK_READ, t->rdi, t->rsi, t->rdx);
}

static u64 sys_disk_write(const struct trap *t)
{
    return transfer(DISK_WRITE, t->rdi, t->rsi, t->rdx);
}

/* What the disk says of itself, 512 bytes. */
static u64 sys_disk_identify(const struct trap *t)
{
    return transfer(DISK_IDENTIFY, 0, 1, t->rdi);
}

static u64 sys_signal(const struct trap *t)
{
    return current()->signal_handler = t->rdi;
}

/* A byte from a port that is harmless to read. */
static u64 sys_port(const struct trap *t)
{
    return t->rdi == 0x80 || t->rdi == 0x71 ? inb((u16)t->rdi) : FAILED;
}

/* Time of day from the real-time clock, as BCD hhmmss. */
static u64 sys_clock(const struct trap *t)
{
    static const u8 registers[] = {4, 2, 0};
    u64 value = 0;
    (void)t;
    for (u64 i = 0; i < sizeof registers; i++) {
        outb(0x70, registers[i]);
        value = value << 8 | inb(0x71);
    }
    return value;
}

static u64 sys_screen(const struct trap *t)
{
    (void)t;
    map_screen();
    return 0;
}

/* A request to the firmware: a write to the APM control port raises an SMI (Intel 290562, 2.5.4). */
static u64 sys_smi(const struct trap *t)
{
    outb(0xb2, (u8)t->rdi);
    guest_counters.smis++;
    return 0;
}

static u64 sys_nmi(const struct trap *t)
{
    (void)t;
    return nmi_send() ? 0 : FAILED;
}

static u64 sys_net_address(const struct trap *t)
{
    return fault_in(t->rdi, 6, true) && net_address((u8 *)t->rdi) ? 0 : FAILED;
}

static u64 sys_net_send(const struct trap *t)
{
    if (t->rsi > MAX_FRAME || !fault_in(t->rdi, t->rsi, false))
        return FAILED;
    return net_send((const void *)t->rdi, t->rsi) ? 0 : FAILED;
}

static u64 sys_net_receive(const struct trap *t)
{
    return fault_in(t->rdi, MAX_FRAME, true) ? net_receive((void *)t->rdi, (t->rsi * HZ + 999) / 1000) : FAILED;
}

static u64 (*const calls[])(const struct trap *) = {
    [CALL_GETPID] = get_process_id,
    [CALL_WRITE] = sys_write,
    [CALL_SLEEP] = sys_sleep,
    [CALL_MILLISECONDS] = sys_milliseconds,
    [CALL_MAP] = sys_map,
    [CALL_UNMAP] = sys_unmap,
    [CALL_DISK_READ] = sys_disk_read,
    [CALL_DISK_WRITE] = sys_disk_write,
    [CALL_DISK_IDENTIFY] = sys_disk_identify,
    [CALL_SIGNAL] = sys_signal,
    [CALL_PORT] = sys_port,
    [CALL_CLOCK] = sys_clock,
    [CALL_SCREEN] = sys_screen,
    [CALL_SMI] = sys_smi,
    [CALL_NMI] = sys_nmi,
    [CALL_NET_ADDRESS] = sys_net_address,
    [CALL_NET_SEND] = sys_net_send,
    [CALL_NET_RECEIVE] = sys_net_receive,
};

static u64 dispatch(const struct trap *t)
{
    if (t->rax >= sizeof calls / sizeof *calls || !calls[t->rax])
        return FAILED;
    return calls[t->rax](t);
}

/* True: SYSRET cannot bring back what the process shall have, IRET has to. */
bool syscall(struct trap *t)
{
    bool all = t->rax == CALL_SIGNAL_RETURN;
    guest_counters.syscalls++;
    sti();
    if (all)
        signal_return(t, t->rdi);
    else
        t->rax = dispatch(t);
    cli();
    if (need_resched || current()->held)
        schedule();
    return all;
}
