/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day in the corner of the screen, and a heart that beats in its first cell: linear address 0xb8000. A dot
 * wanders through graphics memory too, which text mode does not show. */
#include "user.h"

#define GRAPHICS ((volatile uint8_t *)0xa0000)
#define GRAPHICS_BYTES 64000
#define TEXT ((volatile uint16_t *)0xb8000)
#define COLUMN 71
#define COLOR 0x1e00

NOINLINE void draw_time(u64 bcd)
{
    for (u64 i = 0; i < 3; i++, bcd <<= 8) {
        TEXT[COLUMN + i * 3] = (uint16_t)(COLOR | ('0' + (bcd >> 20 & 15)));
        TEXT[COLUMN + i * 3 + 1] = (uint16_t)(COLOR | ('0' + (bcd >> 16 & 15)));
        if (i < 2)
            TEXT[COLUMN + i * 3 + 2] = COLOR | ':';
    }
}

NOINLINE void beat(u64 count)
{
    TEXT[0] = (uint16_t)(COLOR | (count & 1 ? 3 : ' '));
}

NOINLINE void move_dot(u64 count)
{
    GRAPHICS[count % GRAPHICS_BYTES] = (uint8_t)count;
}

void _start(void)
{
    map_screen();
    for (u64 count = 0;; count++) {
        beat(count);
        move_dot(count);
        if (count % 2 == 0)
            draw_time(clock_bcd());
        msleep(500);
    }
}
