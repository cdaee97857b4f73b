/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial console (16550 at 0x3f8, polled transmit, interrupt on receive) and the VGA text screen: what runs above, and
 * below it the last lines of the console. */
#include <stdarg.h>
#include "kernel.h"

#define COM1 0x3f8
#define IRQ 4
#define FIFO 16
#define VGA ((volatile u16 *)virt(0xb8000))
#define COLUMNS 80
#define ROWS 25
#define CONSOLE_ROW 15
#define TASK_ROW 6
#define TASK_ROWS 8
#define GREY 0x07
#define BLANK (GREY << 8 | ' ')

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
    for (int i = 0; i < COLUMNS * ROWS; i++)
        VGA[i] = BLANK;
    irq_enable(IRQ, serial_interrupt);
}

static void send(const char *text, u64 bytes)
{
    for (int spins = 0; spins < 100000 && !(inb(COM1 + 5) & 0x20); spins++)
        ;
    outsb(COM1, text, bytes);
}

static void vga_scroll(void)
{
    for (u64 i = CONSOLE_ROW * COLUMNS; i < (ROWS - 1) * COLUMNS; i++)
        VGA[i] = VGA[i + COLUMNS];
    for (u64 i = (ROWS - 1) * COLUMNS; i < ROWS * COLUMNS; i++)
        VGA[i] = BLANK;
}

static void vga_put(char c)
{
    static u64 row = CONSOLE_ROW, column;
    if (c == '\b')
        column -= column > 0;
    else if (c != '\n')
        VGA[row * COLUMNS + column++] = (u16)(GREY << 8 | (u8)c);
    if (c != '\n' && column < COLUMNS)
        return;
    column = 0;
    if (row == ROWS - 1)
        vga_scroll();
    else
        row++;
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
        vga_put(text[i]);
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

static void vga_field(u64 row, u64 column, u64 width, u8 color, const char *f, ...)
{
    char line[COLUMNS + 32];
    va_list args;
    va_start(args, f);
    u64 n = format(line, sizeof line, f, args);
    va_end(args);
    for (u64 i = 0; i < width; i++)
        VGA[row * COLUMNS + column + i] = (u16)(color << 8 | (i < n ? (u8)line[i] : ' '));
}

static u64 interrupts(void)
{
    u64 sum = 0;
    for (int i = 0; i < NIRQS; i++)
        sum += guest_counters.interrupts[i];
    return sum;
}

/* The banner, and what runs: rewritten once a second. The first cell and the last ten of line 0 are left to others. */
void vga_status(void)
{
    const struct counters *c = &guest_counters;
    vga_field(0, 1, COLUMNS - 11, 0x1f, "tinyguest - a small x86-64 system to look into");
    vga_field(2, 0, COLUMNS, 0x0f, " up %u s   interrupts %u   switches %u   syscalls %u", c->ticks / HZ, interrupts(),
              c->context_switches, c->syscalls);
    vga_field(3, 0, COLUMNS, 0x0f, " page faults %u   disk reads %u   writes %u   frames %u", c->page_faults,
              c->disk_reads, c->disk_writes, c->frames_sent + c->frames_received);
    u64 shown = 0;
    for (u64 i = 0; i < NTASKS; i++) {
        const struct task *t = &process_table[i];
        if (t->state != TASK_FREE) {
            vga_field(TASK_ROW + shown % TASK_ROWS, shown / TASK_ROWS * 26, 26, GREY, " %u %s", t->pid, t->comm);
            shown++;
        }
    }
}
