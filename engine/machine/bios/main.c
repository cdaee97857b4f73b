/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which service an interrupt asks for. */
#include "bios.h"

#define PIC1 0x20
#define PIC2 0xa0
#define END_OF_INTERRUPT 0x20
#define RESET_CONTROL 0xcf9
#define HARD_RESET 0x06

/* Interrupts of the 8259s that nobody serves. */
static void unexpected_interrupt(u16 vector)
{
    if (vector >= 0x70)
        outb(PIC2, END_OF_INTERRUPT);
    outb(PIC1, END_OF_INTERRUPT);
}

void handle(registers *r)
{
    switch (r->vector) {
    case 0x08: timer_interrupt(); break;
    case 0x09: keyboard_interrupt(); break;
    case 0x10: video_service(r); break;
    case 0x11: r->a.x = far_u16(0, BDA_EQUIPMENT); break;
    case 0x12: r->a.x = far_u16(0, BDA_MEMORY); break;
    case 0x13: disk_service(r); break;
    case 0x15: system_service(r); break;
    case 0x16: keyboard_service(r); break;
    case 0x18:
    case 0x19: outb(RESET_CONTROL, HARD_RESET); break;
    case 0x1a: r->a.h == 0xb1 ? pci_service(r) : clock_service(r); break;
    default:
        if ((r->vector >= 0x0a && r->vector <= 0x0f) || (r->vector >= 0x70 && r->vector <= 0x77))
            unexpected_interrupt(r->vector);
    }
}
