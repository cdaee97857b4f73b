/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk of a controller that real mode cannot drive, through the ports of firmware_disk.py. */
#include "bios.h"

#define ADDRESS 0x5a0           /* of the buffer in memory */
#define FIRST 0x5a4             /* written: first sector; read: sectors on the disk */
#define CONTROL 0x5a8           /* written: sectors to move, which begins it; read: what became of it */
#define WRITE 0x80000000u
#define ABSENT 0xffffffffu
#define BUSY 1
#define FAILED 2

u32 port_disk_sectors(void)
{
    u32 sectors = inl(FIRST);
    return sectors == ABSENT ? 0 : sectors;
}

bool port_disk_transfer(bool write, u32 first, u32 count, u32 address)
{
    outl(ADDRESS, address);
    outl(FIRST, first);
    outl(CONTROL, count | (write ? WRITE : 0));
    while (inl(CONTROL) == BUSY)
        pause_a_while();
    return inl(CONTROL) != FAILED;
}
