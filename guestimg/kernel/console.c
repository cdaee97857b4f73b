/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial console (16550 at 0x3f8, polled transmit, interrupt on receive) and the VGA text screen. */
#include <stdarg.h>
#include "kernel.h"

#define COM1 0x3f8
#define IRQ 4
#define FIFO 16
#define VGA ((volatile u16 *)virt(0xb8000))
#define COLUMNS 80

static void serial_interrupt(void)
{
    while (inb(COM1 + 5) & 1)
        shell_input((char)inb(COM1));
}

void console_init(void)
{
    outb(COM1 + 1, 0);
    outb(COM1 + 3, 0x80);
    outb(COM1 + 0, 1);
    outb(COM1 + 1, 0);
    outb(COM1 + 3, 3);
    outb(COM1 + 2, 7);
    outb(COM1 + 4, 0x0b);
    outb(COM1 + 1, 1);      /* interrupt on received data */
    for (int i = 0; i < COLUMNS * 25; i++)
        VGA[i] = 0x0720;
    irq_enable(IRQ, serial_interrupt);
}

static void send(const char *text, u64 bytes)
{
    for (int spins = 0; spins < 100000 && !(inb(COM1 + 5) & 0x20); spins++)
        ;
    outsb(COM1, text, bytes);
}

/* An empty transmitter takes as many characters as its FIFO holds. */
void console_write(const char *text, u64 bytes)
{
    char ready[FIFO];
    u64 n = 0;
    for (u64 i = 0; i < bytes; i++) {
        if (text[i] == '\n')
            ready[n++] = '\r';
        ready[n++] = text[i];
        if (n >= FIFO - 1) {
            send(ready, n);
            n = 0;
        }
    }
    if (n)
        send(ready, n);
}

static u64 digits(char *out, u64 value, u64 base)
{
    char reversed[24];
    u64 n = 0;
    do {
        reversed[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (u64 i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}

/* %s, %u and %x, all 64 bits wide. */
static u64 format(char *out, u64 room, const char *f, va_list args)
{
    u64 n = 0;
    for (; *f && n + 24 < room; f++) {
        if (*f != '%') {
            out[n++] = *f;
            continue;
        }
        f++;
        if (*f == 's') {
            for (const char *s = va_arg(args, const char *); *s && n + 24 < room; s++)
                out[n++] = *s;
        } else if (*f == 'u' || *f == 'x') {
            n += digits(out + n, va_arg(args, u64), *f == 'u' ? 10 : 16);
        }
    }
    return n;
}

void printk(const char *f, ...)
{
    char line[256];
    va_list args;
    va_start(args, f);
    u64 n = format(line, sizeof line, f, args);
    va_end(args);
    console_write(line, n);
}

static void vga_line(int row, u8 color, const char *f, ...)
{
    char line[COLUMNS + 32];
    va_list args;
    va_start(args, f);
    u64 n = format(line, sizeof line, f, args);
    va_end(args);
    for (u64 i = 0; i < COLUMNS; i++)
        VGA[row * COLUMNS + (int)i] = (u16)(color << 8 | (i < n ? (u8)line[i] : ' '));
}

static u64 interrupts(void)
{
    u64 sum = 0;
    for (int i = 0; i < NIRQS; i++)
        sum += guest_counters.interrupts[i];
    return sum;
}

/* The banner, and what runs: rewritten once a second. */
void vga_status(void)
{
    const struct counters *c = &guest_counters;
    vga_line(0, 0x1f, " tinyguest - a small x86-64 system to look into");
    vga_line(2, 0x0f, " up %u s   interrupts %u   switches %u   syscalls %u", c->ticks / HZ, interrupts(),
             c->context_switches, c->syscalls);
    vga_line(3, 0x0f, " page faults %u   disk reads %u   writes %u", c->page_faults, c->disk_reads, c->disk_writes);
    vga_line(5, 0x0e, " PID  NAME");
    for (int i = 0, row = 6; i < NTASKS && row < 25; i++)
        if (process_table[i].state != TASK_FREE)
            vga_line(row++, 0x07, " %u    %s", process_table[i].pid, process_table[i].comm);
}
