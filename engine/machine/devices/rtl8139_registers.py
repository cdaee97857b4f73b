# SPDX-License-Identifier: GPL-2.0-or-later
"""The register map of the RTL8139C(L) (data sheet, chapter 5)."""

from __future__ import annotations

from enum import Enum

SIZE = 256
"""Bytes of the map; IDR at 0 and MAR at 8 are arrays of bytes, the rest is here."""


class Rtl(Enum):
    """A register: offset, bytes, content after reset, whether the guest cannot write it."""

    TSD0 = (0x10, 4, 0x2000, False)
    TSD1 = (0x14, 4, 0x2000, False)
    TSD2 = (0x18, 4, 0x2000, False)
    TSD3 = (0x1C, 4, 0x2000, False)
    TSAD0 = (0x20, 4, 0, False)
    TSAD1 = (0x24, 4, 0, False)
    TSAD2 = (0x28, 4, 0, False)
    TSAD3 = (0x2C, 4, 0, False)
    RBSTART = (0x30, 4, 0, False)
    ERBCR = (0x34, 2, 0, True)
    ERSR = (0x36, 1, 0, True)
    CR = (0x37, 1, 0, False)
    CAPR = (0x38, 2, 0xFFF0, False)
    CBR = (0x3A, 2, 0, True)
    IMR = (0x3C, 2, 0, False)
    ISR = (0x3E, 2, 0, False)
    TCR = (0x40, 4, 0x74000000, False)  # hardware version: RTL8139C
    RCR = (0x44, 4, 0, False)
    TCTR = (0x48, 4, 0, False)
    MPC = (0x4C, 4, 0, False)
    EEPROM = (0x50, 1, 0, False)  # 9346CR
    CONFIG0 = (0x51, 1, 0, False)
    CONFIG1 = (0x52, 1, 0x0C, False)  # mapped in memory and I/O space
    TIMER = (0x54, 4, 0, False)
    MSR = (0x58, 1, 0x10, True)  # 100 Mbit/s, link good, auxiliary power
    CONFIG3 = (0x59, 1, 0, False)
    CONFIG4 = (0x5A, 1, 0, False)
    HLTCLK = (0x5B, 1, 0, False)
    MULINT = (0x5C, 2, 0, False)
    RERID = (0x5E, 1, 0x10, True)
    TSAD = (0x60, 2, 0, True)
    BMCR = (0x62, 2, 0x3100, False)  # 100 Mbit/s, negotiated, full duplex
    BMSR = (0x64, 2, 0x782D, True)  # all of 100BASE-TX and 10BASE-T, negotiated, link
    ANAR = (0x66, 2, 0x01E1, False)
    ANLPAR = (0x68, 2, 0x45E1, True)
    ANER = (0x6A, 2, 0x0001, True)
    DIS = (0x6C, 2, 0, True)
    FCSC = (0x6E, 2, 0, True)
    NWAYTR = (0x70, 2, 0, False)
    REC = (0x72, 2, 0, True)
    CSCR = (0x74, 2, 0x0008, False)  # connected
    CONFIG5 = (0xD8, 1, 0, False)

    def __init__(self, offset: int, size: int, initial: int, read_only: bool) -> None:
        self.offset = offset
        self.size = size
        self.initial = initial
        self.read_only = read_only


RESET_VALUES = {register: register.initial for register in Rtl}
REGISTER_AT = {register.offset + byte: register for register in Rtl for byte in range(register.size)}
"""By each byte's offset."""
STATUS = (Rtl.TSD0, Rtl.TSD1, Rtl.TSD2, Rtl.TSD3)
ADDRESS = (Rtl.TSAD0, Rtl.TSAD1, Rtl.TSAD2, Rtl.TSAD3)
"""Of the four transmit descriptors."""

EEPROM_MODE, EECS, EESK, EEDI, EEDO = 0xC0, 0x08, 0x04, 0x02, 0x01
"""Bits of 9346CR."""
INTERRUPTS = 0xE07F
TCR_WRITABLE = 0x030706F0
RCR_WRAP, RCR_SIZE_SHIFT, RCR_SIZE = 0x80, 11, 3
TSD_WRITABLE = 0x3FFFFF
BMCR_WRITABLE = 0x3100
