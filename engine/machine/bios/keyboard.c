/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard: scan codes of set 1 (US layout) to characters, kept in the ring of the BIOS data area. */
#include "bios.h"

#define PIC1 0x20
#define END_OF_INTERRUPT 0x20
#define DATA 0x60
#define RELEASED 0x80
#define RIGHT_SHIFT 0x01
#define LEFT_SHIFT 0x02
#define CONTROL 0x04
#define ALT 0x08
#define CAPS_LOCK 0x40
#define DELETE 0x53
#define RESET_CONTROL 0xcf9
#define RESET_CPU 0x06

static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\0QWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
#define KEYS (sizeof plain - 1)

static u8 modifier(u8 key)
{
    switch (key) {
    case 0x1d: return CONTROL;
    case 0x2a: return LEFT_SHIFT;
    case 0x36: return RIGHT_SHIFT;
    case 0x38: return ALT;
    default: return 0;
    }
}

static u16 next(u16 place)
{
    return place + 2 == BDA_KEYS_END - 0x400 ? BDA_KEYS - 0x400 : place + 2;   /* offsets in segment 0x40 */
}

static void store(u16 key)
{
    u16 tail = far_u16(0, BDA_KEY_TAIL), after = next(tail);
    if (after == far_u16(0, BDA_KEY_HEAD))
        return;                 /* full */
    far_set_u16(0, 0x400 + tail, key);
    far_set_u16(0, BDA_KEY_TAIL, after);
}

static u8 character(u8 key, u8 state)
{
    u8 value = key < KEYS ? plain[key] : 0;
    bool letter = value >= 'a' && value <= 'z', upper = state & (LEFT_SHIFT | RIGHT_SHIFT);
    if (state & ALT)
        return 0;
    if (letter && state & CONTROL)
        return value & 0x1f;
    if (letter && state & CAPS_LOCK)
        upper = !upper;
    return upper && key < KEYS ? shifted[key] : value;
}

void keyboard_interrupt(void)
{
    u8 code = inb(DATA), key = code & ~RELEASED, state = far_u8(0, BDA_SHIFT), bit = modifier(key);
    if (bit)
        far_set_u8(0, BDA_SHIFT, code & RELEASED ? state & ~bit : state | bit);
    else if (code == 0x3a)
        far_set_u8(0, BDA_SHIFT, state ^ CAPS_LOCK);
    else if (key == DELETE && (state & (CONTROL | ALT)) == (CONTROL | ALT))
        outb(RESET_CONTROL, RESET_CPU);
    else if (!(code & RELEASED))
        store(key << 8 | character(key, state));
    outb(PIC1, END_OF_INTERRUPT);
}

/* Is a key there? */
static bool peek(u16 *key)
{
    u16 head = far_u16(0, BDA_KEY_HEAD);
    *key = far_u16(0, 0x400 + head);
    return head != far_u16(0, BDA_KEY_TAIL);
}

void keyboard_service(registers *r)
{
    u16 key;
    switch (r->a.h & ~0x10) {
    case 0x00:
        while (!peek(&key))
            __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
        far_set_u16(0, BDA_KEY_HEAD, next(far_u16(0, BDA_KEY_HEAD)));
        r->a.x = key;
        break;
    case 0x01: {
        bool there = peek(&key);
        if (there)
            r->a.x = key;
        set_flag(r, ZERO, !there);
        break;
    }
    case 0x02: r->a.l = far_u8(0, BDA_SHIFT); break;
    case 0x05:
        store(r->c.x);
        r->a.l = 0;
        break;
    default: break;
    }
}
