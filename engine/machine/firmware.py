# SPDX-License-Identifier: GPL-2.0-or-later
"""What the firmware of a PC leaves behind when it jumps to the boot sector.

Facts from the IBM PC/AT technical reference (BIOS data area, interrupt vectors) and Ralf Brown's interrupt list
(CMOS memory map).
"""

from __future__ import annotations

import struct

from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.mc146818 import Mc146818
from engine.machine.devices.pci import PciFunction
from engine.machine.memory import Memory

BOOT = 0x7C00
FIRST_DISK = 0x80
_BIOS = 0xF0000
_IRET_STUB = 0xFF53
"""Where BIOSes keep an IRET for vectors nobody serves."""
_BDA = 0x400
_BASE_KIB = 640 - 1
"""conventional memory below the extended BIOS data area"""
_IRET = b"\xcf"
BUS_MASTER_PORTS = 0xC000


def prepare(memory: Memory, rtc: Mc146818, disk: DiskImage | None, ide: PciFunction | None) -> None:
    """Write interrupt vectors, the BIOS data area, CMOS memory sizes, the IDE function's ports and the boot sector."""
    memory.write(_BIOS + _IRET_STUB, _IRET)
    memory.write(0, struct.pack("<HH", _IRET_STUB, _BIOS >> 4) * 256)
    memory.write(_BDA, bytes(256))
    memory.write(_BDA, struct.pack("<H", 0x3F8))  # COM1
    memory.write(_BDA + 0x0E, struct.pack("<HHxH", 0x9FC0, 0x0026, _BASE_KIB))
    memory.write(_BDA + 0x49, struct.pack("<BHH", 3, 80, 4096))
    memory.write(_BDA + 0x63, struct.pack("<H", 0x3D4))
    memory.write(_BDA + 0x75, bytes([1 if disk else 0]))
    memory.write(_BDA + 0x84, bytes([24]))
    _store_sizes(rtc, len(memory))
    if ide is not None:
        ide.write(0x20, 4, BUS_MASTER_PORTS)
        ide.write(0x40, 4, 0x80008000)  # both channels decode their legacy ports
        ide.write(4, 2, 5)
        ide.write(0x3C, 1, 14)
    if disk is not None:
        memory.write(BOOT, disk.read(0, 1)[:SECTOR])


def _store_sizes(rtc: Mc146818, ram: int) -> None:
    """Memory sizes where operating systems look for them in CMOS."""
    extended_kib = min(max(ram - (1 << 20), 0) >> 10, 0xFFFF)
    above_16m = min(max(ram - (16 << 20), 0) >> 16, 0xFFFF)
    struct.pack_into("<H", rtc.memory, 0x15, 640)
    struct.pack_into("<H", rtc.memory, 0x17, extended_kib)
    struct.pack_into("<H", rtc.memory, 0x30, extended_kib)
    struct.pack_into("<H", rtc.memory, 0x34, above_16m)
