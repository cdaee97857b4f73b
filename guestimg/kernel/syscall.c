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
    if (t->rsi > 256 || !fault_in(t->rdi, t->rsi))
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
    if (!sectors || sectors > MAX_SECTORS || !fault_in(address, sectors * 512))
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
