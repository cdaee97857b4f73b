/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory sizes, the clock, and waiting. */
#include "bios.h"

#define PIC1 0x20
#define END_OF_INTERRUPT 0x20
#define PORT_B 0x61
#define DAY 0x1800b0u           /* ticks of the 8254 at 18.2 Hz */
#define SMAP 0x534d4150u
#define USABLE 1
#define RESERVED 2
#define UNSUPPORTED 0x86

u8 read_cmos(u8 index)
{
    outb(0x70, index);
    return inb(0x71);
}

static u32 blocks_above_16m(void) { return read_cmos(0x34) | read_cmos(0x35) << 8; }            /* 64 KiB each */
static u32 kib_above_1m(void) { return read_cmos(0x30) | read_cmos(0x31) << 8; }
static u32 end_of_memory(void)
{
    u32 blocks = blocks_above_16m();
    return blocks ? 0x1000000 + (blocks << 16) : 0x100000 + (kib_above_1m() << 10);
}

/* One entry of the memory map (AX = 0xe820): base, size, kind. */
static bool memory_map(registers *r)
{
    u32 conventional = far_u16(0, BDA_MEMORY) << 10, end = end_of_memory();
    const u32 map[][3] = {
        {0, conventional, USABLE},
        {conventional, 0xa0000 - conventional, RESERVED},
        {0xe0000, 0x20000, RESERVED},
        {0x100000, end - 0x100000, USABLE},
        {0xfec00000, 0x400000, RESERVED},
    };
    u32 n = r->b.e;
    if (r->d.e != SMAP || r->c.e < 20 || n >= sizeof map / sizeof *map)
        return false;
    for (u32 field = 0; field < 3; field++) {
        far_set_u32(r->es, r->di.x + 8 * field, map[n][field]);
        if (field < 2)
            far_set_u32(r->es, r->di.x + 8 * field + 4, 0);
    }
    r->a.e = SMAP;
    r->c.e = 20;
    r->b.e = n + 1 < sizeof map / sizeof *map ? n + 1 : 0;
    return true;
}

static void memory_sizes(registers *r)
{
    u32 kib = kib_above_1m();
    r->a.x = r->c.x = kib < 0x3c00 ? (u16)kib : 0x3c00;
    r->b.x = r->d.x = (u16)blocks_above_16m();
}

/* CX:DX microseconds, by counting accesses of the ISA bus. */
static void wait(u32 microseconds)
{
    for (u32 n = 0; n < microseconds; n++)
        (void)inb(PORT_B);
}

void system_service(registers *r)
{
    bool done = true;
    if (r->a.x == 0xe820) {
        done = memory_map(r);
    } else if (r->a.x == 0xe801) {
        memory_sizes(r);
    } else if (r->a.x == 0x2402) {
        r->a.x = 1;             /* A20 is on */
    } else if (r->a.x == 0x2403) {
        r->a.h = 0;
        r->b.x = 3;
    } else if (r->a.h == 0x24) {
        r->a.h = 0;
    } else if (r->a.h == 0x86) {
        wait((u32)r->c.x << 16 | r->d.x);
    } else if (r->a.h == 0x88) {
        u32 kib = kib_above_1m();
        r->a.x = kib < 0xffff ? (u16)kib : 0xffff;
    } else {
        done = false;
    }
    if (!done && r->a.x != 0xe820)
        r->a.h = UNSUPPORTED;
    set_flag(r, CARRY, !done);
}

void timer_interrupt(void)
{
    u32 ticks = far_u32(0, BDA_TICKS) + 1;
    if (ticks >= DAY) {
        ticks = 0;
        far_set_u8(0, BDA_MIDNIGHT, 1);
    }
    far_set_u32(0, BDA_TICKS, ticks);
    __asm__ volatile("int $0x1c" : : : "eax", "ecx", "edx", "memory");
    outb(PIC1, END_OF_INTERRUPT);
}

void clock_service(registers *r)
{
    set_flag(r, CARRY, false);
    switch (r->a.h) {
    case 0x00: {
        u32 ticks = far_u32(0, BDA_TICKS);
        r->a.l = far_u8(0, BDA_MIDNIGHT);
        far_set_u8(0, BDA_MIDNIGHT, 0);
        r->c.x = ticks >> 16;
        r->d.x = ticks & 0xffff;
        break;
    }
    case 0x01:
        far_set_u32(0, BDA_TICKS, (u32)r->c.x << 16 | r->d.x);
        far_set_u8(0, BDA_MIDNIGHT, 0);
        break;
    case 0x02:
        r->c.h = read_cmos(0x04);
        r->c.l = read_cmos(0x02);
        r->d.h = read_cmos(0x00);
        r->d.l = 0;
        break;
    case 0x04:
        r->c.h = read_cmos(0x32);
        r->c.l = read_cmos(0x09);
        r->d.h = read_cmos(0x08);
        r->d.l = read_cmos(0x07);
        break;
    default: set_flag(r, CARRY, true);
    }
}
