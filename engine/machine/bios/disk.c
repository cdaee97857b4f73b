/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk as drive 0x80: an ATA disk by bus mastering (Programming Interface for Bus Master IDE Controller, revision 1.0)
 * or, where the guest has switched that off, by programmed I/O (ATA/ATAPI-6); any other through ports of its
 * own. Services 0x41 to 0x48 by the EDD specification 3.0.
 * An image of a diskette is drive 0 instead, as with El Torito's emulation (specification 1.0, section 4). */
#include "bios.h"

#define FIRST_DISKETTE 0x00
#define FIRST_DISK 0x80
#define DISKETTE_KIND 0x10      /* CMOS: kind of drive 0 in the high half, 0: none */
#define DISKETTE_TABLE 0xefc7   /* where BIOSes keep the parameters int 0x1e points to */
#define BIOS_SEGMENT 0xf000
#define PORTS 0x1f0
#define STATUS (PORTS + 7)
#define CONTROL 0x3f6
#define BUSY 0x80
#define READY 0x40
#define REQUEST 0x08
#define FAILED 0x01
#define NO_INTERRUPT 0x02
#define QUICK_TRIES 16
#define MOST_TRIES 400000
#define PAUSE_TURNS 500
#define READ_SECTORS 0x20
#define READ_DMA 0xc8
#define WRITE_DMA 0xca
#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define IDE_FUNCTION 0x80000900u /* bus 0, device 1, function 1 */
#define PCI_COMMAND 0x04
#define PCI_BAR4 0x20
#define IO_AND_MASTER 5
#define MASTER_START 0x01
#define MASTER_TO_MEMORY 0x08
#define MASTER_ERROR 0x02
#define MASTER_INTERRUPT 0x04
#define EXTENDED_DATA_SEGMENT 0x9fc0
#define REGIONS 0x40            /* in that segment: two physical region descriptors */
#define LAST_REGION 0x80000000u
#define WRITE_SECTORS 0x30
#define NATIVE_MAX 0xf8
#define MOST_CYLINDERS 1024
#define SECTOR 512
#define OK 0x00
#define BAD_COMMAND 0x01
#define NOT_FOUND 0x04
#define BAD_FORMAT 0x0c
#define TIMEOUT 0x80

void pause_a_while(void)
{
    u32 turns = PAUSE_TURNS;
    __asm__ volatile("1: decl %0\n\tjnz 1b" : "+r"(turns));
}

/* A disk takes milliseconds: once it is not ready at once, looking rarely costs the least. */
static bool await(u8 mask, u8 value)
{
    for (u32 tries = 0; tries < MOST_TRIES; tries++) {
        if ((inb(STATUS) & mask) == value)
            return true;
        if (tries >= QUICK_TRIES)
            pause_a_while();
    }
    return false;
}

static bool command(u8 code, u32 first, u8 count)
{
    if (!await(BUSY | READY, READY))
        return false;
    outb(CONTROL, NO_INTERRUPT);
    outb(PORTS + 2, count);
    outb(PORTS + 3, first & 0xff);
    outb(PORTS + 4, first >> 8 & 0xff);
    outb(PORTS + 5, first >> 16 & 0xff);
    outb(PORTS + 6, 0xe0 | (first >> 24 & 15));
    outb(STATUS, code);
    return true;
}

static u32 disk_sectors(void)
{
    u32 sectors = port_disk_sectors();
    if (sectors)
        return sectors;
    if (!command(NATIVE_MAX, 0, 0) || !await(BUSY, 0))
        return 0;
    u32 last = inb(PORTS + 3) | inb(PORTS + 4) << 8 | inb(PORTS + 5) << 16 | (inb(PORTS + 6) & 15u) << 24;
    outb(CONTROL, 0);
    return last + 1;
}

static void copy_sector(bool write, u16 segment, u16 offset)
{
    u32 words = SECTOR / 2, at = offset;
    u16 port = PORTS;
    if (write)
        __asm__ volatile("pushw %%ds\n\tmovw %3, %%ds\n\trep outsw\n\tpopw %%ds"
                         : "+S"(at), "+c"(words) : "d"(port), "r"(segment) : "memory");
    else
        __asm__ volatile("pushw %%es\n\tmovw %3, %%es\n\trep insw\n\tpopw %%es"
                         : "+D"(at), "+c"(words) : "d"(port), "r"(segment) : "memory");
}

static u32 ide_configuration(u32 offset)
{
    outl(PCI_ADDRESS, IDE_FUNCTION | offset);
    return inl(PCI_DATA);
}

/* Ports of the bus master; 0 while the guest does not let it work. */
static u16 bus_master(void)
{
    u32 selected = inl(PCI_ADDRESS);
    u32 command = ide_configuration(PCI_COMMAND), base = ide_configuration(PCI_BAR4);
    outl(PCI_ADDRESS, selected);
    return (command & IO_AND_MASTER) == IO_AND_MASTER ? base & 0xfff0 : 0;
}

/* Regions end where the lower 16 bits of the address overflow. */
static void describe(u32 address, u32 size)
{
    u32 whole = 0x10000 - (address & 0xffff), fits = size < whole ? size : whole;
    far_set_u32(EXTENDED_DATA_SEGMENT, REGIONS, address);
    far_set_u32(EXTENDED_DATA_SEGMENT, REGIONS + 4, (fits & 0xffff) | (fits == size ? LAST_REGION : 0));
    far_set_u32(EXTENDED_DATA_SEGMENT, REGIONS + 8, address + fits);
    far_set_u32(EXTENDED_DATA_SEGMENT, REGIONS + 12, ((size - fits) & 0xffff) | LAST_REGION);
}

static u8 by_bus_master(u16 master, bool write, u32 first, u32 count, u32 address)
{
    u8 direction = write ? 0 : MASTER_TO_MEMORY;
    describe(address, count * SECTOR);
    outl(master + 4, (EXTENDED_DATA_SEGMENT << 4) + REGIONS);
    outb(master, direction);
    outb(master + 2, MASTER_ERROR | MASTER_INTERRUPT);
    if (!command(write ? WRITE_DMA : READ_DMA, first, (u8)count))
        return TIMEOUT;
    outb(master, direction | MASTER_START);
    bool ended = await(BUSY | REQUEST, 0);
    outb(master, direction);
    u8 result = !ended ? TIMEOUT : inb(STATUS) & FAILED || inb(master + 2) & MASTER_ERROR ? NOT_FOUND : OK;
    outb(CONTROL, 0);
    return result;
}

/* Move sectors; how many were moved goes to *done. */
static u8 transfer(bool write, u32 first, u32 count, u16 segment, u16 offset, u32 *done)
{
    u8 result = OK;
    u32 address = ((u32)segment << 4) + offset;
    u16 master = address & 1 ? 0 : bus_master();
    *done = 0;
    if (!count)
        return OK;
    if (port_disk_sectors()) {
        result = port_disk_transfer(write, first, count, address) ? OK : NOT_FOUND;
        *done = result ? 0 : count;
        return result;
    }
    if (master) {
        result = by_bus_master(master, write, first, count, address);
        *done = result ? 0 : count;
        return result;
    }
    if (!command(write ? WRITE_SECTORS : READ_SECTORS, first, (u8)count))
        return TIMEOUT;
    for (; *done < count && !result; ++*done) {
        if (!await(BUSY, 0))
            result = TIMEOUT;
        else if (inb(STATUS) & FAILED || !(inb(STATUS) & REQUEST))
            result = NOT_FOUND;
        else
            copy_sector(write, segment, offset);
        if (result)
            break;
        segment += SECTOR / 16;
    }
    if (!result && (!await(BUSY, 0) || inb(STATUS) & FAILED))
        result = NOT_FOUND;
    outb(CONTROL, 0);
    return result;
}

typedef struct { u32 cylinders, heads, track; } shape;

static u8 diskette_kind(void) { return read_cmos(DISKETTE_KIND) >> 4; }

/* How a drive is divided. A diskette's track follows from its size. */
static shape shape_of(u8 drive)
{
    u32 sectors = disk_sectors();
    if (drive == FIRST_DISK) {
        u32 all = sectors / (16 * 63);
        return (shape){all < MOST_CYLINDERS ? all : MOST_CYLINDERS, 16, 63};
    }
    u32 heads = sectors < 640 ? 1 : 2, cylinders = sectors <= 720 ? 40 : 80;
    return (shape){cylinders, heads, sectors / (cylinders * heads)};
}

static u8 by_cylinder(registers *r, bool write)
{
    u32 sector = r->c.l & 63, cylinder = r->c.h | (r->c.l & 0xc0) << 2, done;
    shape s = shape_of(r->d.l);
    if (!sector || !r->a.l || r->a.l > 128)
        return BAD_COMMAND;
    if (sector > s.track || r->d.h >= s.heads)
        return NOT_FOUND;
    u8 result = transfer(write, (cylinder * s.heads + r->d.h) * s.track + sector - 1, r->a.l, r->es, r->b.x, &done);
    r->a.l = (u8)done;
    return result;
}

/* Disk address packet: size, 0, count, offset, segment, first sector (8 bytes). */
static u8 by_packet(registers *r, bool write)
{
    u32 packet = r->si.x, done;
    u16 count = far_u16(r->ds, packet + 2), offset = far_u16(r->ds, packet + 4), segment = far_u16(r->ds, packet + 6);
    if (far_u8(r->ds, packet) < 16 || count > 127 || far_u32(r->ds, packet + 12))
        return BAD_COMMAND;
    u8 result = transfer(write, far_u32(r->ds, packet + 8), count, segment, offset, &done);
    far_set_u16(r->ds, packet + 2, (u16)done);
    return result;
}

static u8 geometry(registers *r)
{
    bool diskette = r->d.l == FIRST_DISKETTE;
    shape s = shape_of(r->d.l);
    r->c.h = (s.cylinders - 1) & 0xff;
    r->c.l = s.track | ((s.cylinders - 1) >> 2 & 0xc0);
    r->d.h = s.heads - 1;
    r->d.l = 1;                 /* drives of this kind */
    r->b.l = diskette ? diskette_kind() : 0;
    if (diskette) {
        r->es = BIOS_SEGMENT;
        r->di.x = DISKETTE_TABLE;
    }
    return OK;
}

/* Is this a diskette of so many tracks and sectors? (AH = 0x18) */
static u8 diskette_format(registers *r)
{
    shape s = shape_of(FIRST_DISKETTE);
    if ((r->c.l & 63u) != s.track || r->c.h != s.cylinders - 1)
        return BAD_FORMAT;
    r->es = BIOS_SEGMENT;
    r->di.x = DISKETTE_TABLE;
    return OK;
}

static u8 extended_geometry(registers *r)
{
    u32 at = r->si.x, sectors = disk_sectors();
    if (far_u16(r->ds, at) < 26)
        return BAD_COMMAND;
    far_set_u16(r->ds, at, 26);
    far_set_u16(r->ds, at + 2, 2);              /* the geometry is valid */
    far_set_u32(r->ds, at + 4, sectors / (16 * 63));
    far_set_u32(r->ds, at + 8, 16);
    far_set_u32(r->ds, at + 12, 63);
    far_set_u32(r->ds, at + 16, sectors);
    far_set_u32(r->ds, at + 20, 0);
    far_set_u16(r->ds, at + 24, SECTOR);
    return OK;
}

/* The service is there, for disks (AH = 0x41). */
static void extensions(registers *r)
{
    r->b.x = 0xaa55;
    r->c.x = 1;                 /* packets */
    r->a.x = 0x3000;            /* EDD 3.0 */
    set_flag(r, CARRY, false);
}

/* What kind of drive it is (AH = 0x15): a diskette drive, or a disk with its size in CX:DX. */
static void kind(registers *r)
{
    u32 sectors = disk_sectors();
    set_flag(r, CARRY, false);
    r->a.h = r->d.l == FIRST_DISKETTE ? 1 : 3;
    if (r->d.l == FIRST_DISK) {
        r->c.x = sectors >> 16;
        r->d.x = sectors & 0xffff;
    }
}

static u8 serve(registers *r)
{
    switch (r->a.h) {
    case 0x00:
    case 0x04:
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x11: return OK;
    case 0x01: return far_u8(0, BDA_DISK_STATUS);
    case 0x02: return by_cylinder(r, false);
    case 0x03: return by_cylinder(r, true);
    case 0x08: return geometry(r);
    }
    if (r->d.l == FIRST_DISKETTE)
        return r->a.h == 0x16 ? OK : r->a.h == 0x18 ? diskette_format(r) : BAD_COMMAND;
    switch (r->a.h) {
    case 0x42: return by_packet(r, false);
    case 0x43: return by_packet(r, true);
    case 0x44:
    case 0x47: return OK;
    case 0x48: return extended_geometry(r);
    default: return BAD_COMMAND;
    }
}

void disk_service(registers *r)
{
    bool diskette = diskette_kind() != 0;
    u8 result = BAD_COMMAND;
    if (diskette ? r->d.l == FIRST_DISKETTE : r->d.l == FIRST_DISK && far_u8(0, BDA_DISKS)) {
        if (r->a.h == 0x15) {
            kind(r);
            return;
        }
        if (r->a.h == 0x41 && r->b.x == 0x55aa && !diskette) {
            extensions(r);
            return;
        }
        result = serve(r);
    } else if (r->a.h == 0x15) {
        r->a.h = 0;             /* no such drive */
        set_flag(r, CARRY, false);
        return;
    }
    far_set_u8(0, BDA_DISK_STATUS, result);
    r->a.h = result;
    set_flag(r, CARRY, result != OK);
}
