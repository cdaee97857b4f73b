/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI BIOS in real mode, by configuration mechanism 1 (PCI BIOS specification 2.1). */
#include "bios.h"

#define ADDRESS 0xcf8
#define DATA 0xcfc
#define ENABLED 0x80000000u
#define SIGNATURE 0x20494350u   /* "PCI " */
#define NOTHING 0xffffffffu
#define FUNCTIONS 256
#define MULTIFUNCTION 0x800000u

enum { OK = 0x00, UNSUPPORTED = 0x81, BAD_VENDOR = 0x83, NOT_FOUND = 0x86, BAD_REGISTER = 0x87 };

static void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
static u16 inw(u16 port)
{
    u16 value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void select(u32 bus, u32 function, u32 place) { outl(ADDRESS, ENABLED | bus << 16 | function << 8 | (place & 0xfc)); }

static u32 read(u32 function, u32 place)
{
    select(0, function, place);
    return inl(DATA);
}

/* The nth function for which a register, from this bit up, has this value. */
static u8 find(registers *r, u32 place, u32 shift, u32 value)
{
    u32 wanted = r->si.x;
    for (u32 function = 0; function < FUNCTIONS; function++) {
        if (read(function, 0) == NOTHING)
            continue;
        if (function & 7 && !(read(function & ~7u, 0x0c) & MULTIFUNCTION))
            continue;
        if (read(function, place) >> shift == value && !wanted--) {
            r->b.x = (u16)function;     /* bus 0 */
            return OK;
        }
    }
    return NOT_FOUND;
}

/* Read (8 to 10) or write (11 to 13) one, two or four bytes. */
static u8 access(registers *r)
{
    u32 place = r->di.x, size = (r->a.l - 8u) % 3;
    u16 port = DATA + (place & 3);
    if (place > 0xff || place & ((1u << size) - 1))
        return BAD_REGISTER;
    select(r->b.h, r->b.l, place);
    switch (r->a.l) {
    case 0x08: r->c.l = inb(port); break;
    case 0x09: r->c.x = inw(port); break;
    case 0x0a: r->c.e = inl(port); break;
    case 0x0b: outb(port, r->c.l); break;
    case 0x0c: outw(port, r->c.x); break;
    case 0x0d: outl(port, r->c.e); break;
    }
    return OK;
}

static u8 installed(registers *r)
{
    r->d.e = SIGNATURE;
    r->a.l = 0x01;              /* configuration mechanism 1, no special cycles */
    r->b.x = 0x0210;
    r->c.l = 0;                 /* last bus */
    r->di.e = 0;                /* no entry for protected mode */
    return OK;
}

static u8 serve(registers *r)
{
    switch (r->a.l) {
    case 0x01: return installed(r);
    case 0x02: return r->d.x == 0xffff ? BAD_VENDOR : find(r, 0x00, 0, (u32)r->c.x << 16 | r->d.x);
    case 0x03: return find(r, 0x08, 8, r->c.e & 0xffffff);
    case 0x08:
    case 0x09:
    case 0x0a:
    case 0x0b:
    case 0x0c:
    case 0x0d: return access(r);
    default: return UNSUPPORTED;
    }
}

void pci_service(registers *r)
{
    r->a.h = serve(r);
    set_flag(r, CARRY, r->a.h != OK);
}
