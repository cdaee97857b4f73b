/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration mechanism 1 (PCI Local Bus Specification 2.1, 3.7.4.1). */
#include "kernel.h"

#define COMMAND 4
#define COMMAND_IO_AND_MASTER 5

u32 pci_read(u32 function, u32 offset)
{
    outl(0xcf8, 0x80000000u | function | offset);
    return inl(0xcfc);
}

void pci_write(u32 function, u32 offset, u32 value)
{
    outl(0xcf8, 0x80000000u | function | offset);
    outl(0xcfc, value);
}

/* The first function on bus 0 whose register has this value under a mask, or NO_PCI. */
u32 pci_find(u32 offset, u32 mask, u32 value)
{
    for (u32 device = 0; device < 32; device++) {
        for (u32 number = 0; number < 8; number++) {
            u32 function = device << 11 | number << 8;
            u32 identity = pci_read(function, 0);
            if (identity != 0xffffffffu && (pci_read(function, offset) & mask) == value)
                return function;
            if (!number && (identity == 0xffffffffu || !(pci_read(function, 12) & 0x800000)))
                break;          /* nobody there, or one function only */
        }
    }
    return NO_PCI;
}

/* Where a function's registers are in port space; `ports` is where to put them when no firmware has. */
u16 pci_enable_ports(u32 function, u32 bar, u16 ports)
{
    if (!(pci_read(function, bar) & 0xfffc))
        pci_write(function, bar, ports);
    pci_write(function, COMMAND, (pci_read(function, COMMAND) & 0xffff) | COMMAND_IO_AND_MASTER);
    return pci_read(function, bar) & 0xfffc;
}
