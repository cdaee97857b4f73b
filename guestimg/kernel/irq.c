/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8259 pair (Intel 231468) and the 8254 (Intel 231164) that ticks. */
#include "kernel.h"

#define PIC1 0x20
#define PIC2 0xa0
#define FIRST_VECTOR 0x20
#define READ_SERVICE 0x0b
#define END_OF_INTERRUPT 0x20
#define CASCADE 2
#define PIT_HZ 1193182

static void (*handlers[NIRQS])(void);

void irq_init(void)
{
    static const u8 words[][2] = {{PIC1, 0x11}, {PIC2, 0x11}, {PIC1 + 1, FIRST_VECTOR}, {PIC2 + 1, FIRST_VECTOR + 8},
                                  {PIC1 + 1, 1 << CASCADE}, {PIC2 + 1, CASCADE}, {PIC1 + 1, 1}, {PIC2 + 1, 1},
                                  {PIC1 + 1, (u8)~(1 << CASCADE)}, {PIC2 + 1, 0xff}};
    for (u64 i = 0; i < sizeof words / sizeof *words; i++)
        outb(words[i][0], words[i][1]);
    u16 divisor = PIT_HZ / HZ;
    outb(0x43, 0x34);           /* channel 0, rate generator */
    outb(0x40, divisor & 0xff);
    outb(0x40, divisor >> 8);
    irq_enable(0, timer_tick);
}

void irq_enable(u64 line, void (*handler)(void))
{
    u16 mask = line < 8 ? PIC1 + 1 : PIC2 + 1;
    handlers[line] = handler;
    outb(mask, inb(mask) & (u8)~(1 << (line & 7)));
}

/* Lines 7 and 15 also stand for requests that went away before they were acknowledged: those are not in service. */
static bool spurious(u64 line)
{
    u16 pic = line < 8 ? PIC1 : PIC2;
    if ((line & 7) != 7)
        return false;
    outb(pic, READ_SERVICE);
    return !(inb(pic) & 0x80);
}

void irq_interrupt(u64 line)
{
    bool real = !spurious(line);
    if (real) {
        guest_counters.interrupts[line]++;
        if (handlers[line])
            handlers[line]();
        if (line >= 8)
            outb(PIC2, END_OF_INTERRUPT);
    }
    if (real || line >= 8)      /* the cascade is in service even for a spurious 15 */
        outb(PIC1, END_OF_INTERRUPT);
}
