/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PS/2 keyboard behind an 8042 (IBM PC/AT technical reference 1502494): scan code set 1, US layout, to the shell. */
#include "kernel.h"

#define IRQ 1
#define DATA 0x60
#define STATUS 0x64
#define OUTPUT_FULL 1
#define INPUT_FULL 2
#define NOBODY 0xff
#define BREAK 0x80
#define LEFT_SHIFT 0x2a
#define RIGHT_SHIFT 0x36
#define READ_MODE 0x20
#define WRITE_MODE 0x60
#define ENABLE_KEYBOARD 0xae
#define MODE_IRQ1 0x01
#define MODE_DISABLED 0x10
#define MODE_TRANSLATE 0x40

static const char plain[128] = "\0\033""1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[128] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
static bool shift;

static void key_event(u8 code)
{
    u8 key = code & (u8)~BREAK;
    if (key == LEFT_SHIFT || key == RIGHT_SHIFT) {
        shift = !(code & BREAK);
    } else if (!(code & BREAK)) {
        guest_counters.keys++;
        if (plain[key])
            shell_input((shift ? shifted : plain)[key]);
    }
}

static void keyboard_interrupt(void)
{
    while (inb(STATUS) & OUTPUT_FULL)
        key_event(inb(DATA));
}

/* Whether a bit of the status is as wanted, soon. */
static bool await(u8 bit, bool set)
{
    for (int spins = 0; spins < 10000; spins++)
        if (!(inb(STATUS) & bit) == !set)
            return true;
    return false;
}

static void command(u8 value)
{
    if (await(INPUT_FULL, false))
        outb(STATUS, value);
}

void keyboard_init(void)
{
    if (inb(STATUS) == NOBODY)
        return;
    for (int left = 16; left && (inb(STATUS) & OUTPUT_FULL); left--)
        inb(DATA);
    command(ENABLE_KEYBOARD);
    command(READ_MODE);
    u8 mode = await(OUTPUT_FULL, true) ? inb(DATA) : 0;
    command(WRITE_MODE);
    if (await(INPUT_FULL, false))
        outb(DATA, (mode & (u8)~MODE_DISABLED) | MODE_IRQ1 | MODE_TRANSLATE);
    irq_enable(IRQ, keyboard_interrupt);
}
