/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset. */
#include "kernel.h"

#define KEYBOARD_COMMAND 0x64
#define PULSE_RESET 0xfe

_Noreturn void reboot(void)
{
    cli();
    outb(KEYBOARD_COMMAND, PULSE_RESET);
    panic("the keyboard controller does not reset");
}
