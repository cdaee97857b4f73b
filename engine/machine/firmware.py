# SPDX-License-Identifier: GPL-2.0-or-later
"""What the firmware of a PC leaves behind when it jumps to the boot sector.

Facts from the IBM PC/AT technical reference (BIOS data area, interrupt vectors) and Ralf Brown's interrupt list
(CMOS memory map).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from engine.machine import acpi, mp_tables, reset_handler
from engine.machine.bus import MemoryBus, PortBus
from engine.machine.cpu import Cpu
from engine.machine.devices import io_apic, local_apic, piix4_pm
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.local_apic import LocalApic
from engine.machine.devices.mc146818 import Mc146818
from engine.machine.devices.pci import COMMAND_IO, COMMAND_MASTER, COMMAND_MEMORY, PciBus, wire_of
from engine.machine.memory import Memory

BOOT = 0x7C00
FIRST_DISKETTE, FIRST_DISK = 0x00, 0x80
_DISKETTES = {160: 1, 180: 1, 320: 1, 360: 1, 720: 3, 1200: 2, 1440: 4, 2880: 5}
"""Kind of drive, as in CMOS, by the size of the diskette in KiB."""
_DISKETTE_VECTOR, _DISKETTE_TABLE = 0x1E, 0xEFC7
_DISKETTE_PARAMETERS = bytes.fromhex("df022502001bff6cf60f08")
"""Times of head and motor, 512-byte sectors, sectors per track (at 4), gaps, the byte that formatting fills in."""
_BIOS = 0xF0000
_IRET_STUB = 0xFF53
"""Where BIOSes keep an IRET for unused vectors."""
_BDA = 0x400
_BASE_KIB = 640 - 1
"""conventional memory below the extended BIOS data area"""
_IRET = b"\xcf"
_RESET = 0xFF60
"""Where the reset vector leads."""
_HALT = bytes.fromhex("faf4ebfd")
"""cli; hlt; jmp back."""
_RESET_VECTOR, _ENDING = 0xFFF0, b"\xea" + struct.pack("<HH", _RESET, 0xF000) + b"01/01/26\0\xfc\0"
"""The last 16 bytes: a far jump, the date of the BIOS, the model (AT)."""
_SERVICES = Path(__file__).parent / "bios" / "bios.bin"
_ENTRY_BYTES = 8
"""The BIOS's entry for interrupt n is at offset 8 n."""
_SERVED = {*range(0x08, 0x14), 0x15, 0x16, 0x18, 0x19, 0x1A, *range(0x70, 0x78)}
_KEYS = 0x1E
"""Where the ring of keys is in the BIOS data area."""
PORTS, WINDOWS = 0xC000, 0xFEB00000
"""Where registers of PCI functions lie, one after the other, in I/O and memory space."""
_BAR0, _COMMAND, _INTERRUPT_LINE, _ROUTING = 0x10, 0x04, 0x3C, 0x60
_ELCR = 0x4D0
_PIIX3_IDE, _PIIX4_PM = 0x7010, 0x7113
PM_PORTS, SCI = 0x600, 9
"""Where the power management registers are, and the interrupt they raise."""
ACPI_TABLES, MP_TABLES = 0xE0000, 0xF8000
_ROUTES = (5, 12, 11, 10)
"""Interrupt request numbers of PIRQA# to PIRQD#: each of this board's four cards has its own."""
_LEVEL_LINES = sorted({SCI, *_ROUTES})


def prepare(
    memory: Memory,
    ports: PortBus,
    windows: MemoryBus,
    apic: LocalApic,
    rtc: Mc146818,
    pci: PciBus,
    disk: DiskImage | None,
    cpus: Sequence[Cpu],
) -> None:
    """Write interrupt vectors, the BIOS data area, CMOS memory sizes, ACPI and MP tables, set up PCI functions and
    interrupt controllers, and load the boot sector.
    """
    _install_services(memory)
    memory.write(_BDA, bytes(256))
    memory.write(_BDA, struct.pack("<H", 0x3F8))  # COM1
    memory.write(_BDA + 0x0E, struct.pack("<H", 0x9FC0))
    memory.write(_BDA + 0x13, struct.pack("<H", _BASE_KIB))
    memory.write(_BDA + 0x1A, struct.pack("<HH", _KEYS, _KEYS))
    memory.write(_BDA + 0x49, struct.pack("<BHH", 3, 80, 4096))
    memory.write(_BDA + 0x63, struct.pack("<H", 0x3D4))
    memory.write(_BDA + 0x60, struct.pack("<H", 0x0607))
    _describe_drives(memory, rtc, disk)
    memory.write(_BDA + 0x80, struct.pack("<HH", _KEYS, _KEYS + 32))
    memory.write(_BDA + 0x84, bytes([24]))
    _store_sizes(rtc, len(memory))
    _configure_pci(pci)
    _configure_chipset(pci, ports)
    _start_interrupts(ports)
    _configure_apics(windows, apic, len(cpus))
    board = _describe(pci, len(cpus))
    signature, _, _, features = cpus[0].identity(1)
    memory.write(ACPI_TABLES, acpi.tables(board, ACPI_TABLES))
    memory.write(MP_TABLES, mp_tables.tables(board, mp_tables.Processor(signature, features), MP_TABLES))
    if disk is not None:
        memory.write(BOOT, _boot_sector(disk))


def _boot_sector(disk: DiskImage) -> bytes:
    """What is booted; a halt where it cannot be read."""
    try:
        return disk.read(0, 1)
    except ImageError:
        return _HALT


def boot_drive(disk: DiskImage | None) -> int:
    """The BIOS's number of the drive that is booted from: an image of the size of a diskette is one."""
    return FIRST_DISKETTE if disk is not None and _diskette_kind(disk) else FIRST_DISK


def _diskette_kind(disk: DiskImage) -> int:
    return _DISKETTES.get(disk.sectors // 2, 0)


def _describe_drives(memory: Memory, rtc: Mc146818, disk: DiskImage | None) -> None:
    """One drive: a diskette (kind in CMOS, bit 0 of the equipment word, int 0x1e) or a disk."""
    kind = _diskette_kind(disk) if disk is not None else 0
    rtc.memory[0x10] = kind << 4
    memory.write(_BDA + 0x10, struct.pack("<H", 0x0026 | (kind != 0)))
    memory.write(_BDA + 0x75, bytes([disk is not None and not kind]))
    if disk is not None and kind:
        parameters = bytearray(_DISKETTE_PARAMETERS)
        parameters[4] = disk.sectors // (80 if disk.sectors > 720 else 40) // (1 if disk.sectors < 640 else 2)
        memory.write(_BIOS + _DISKETTE_TABLE, parameters)
        memory.write(4 * _DISKETTE_VECTOR, struct.pack("<HH", _DISKETTE_TABLE, _BIOS >> 4))


def _install_services(memory: Memory) -> None:
    """The BIOS, its interrupt vectors, and an IRET for every other one."""
    memory.write(_BIOS, _SERVICES.read_bytes())
    memory.write(_BIOS + _IRET_STUB, _IRET)
    memory.write(_BIOS + _RESET, reset_handler.HANDLER)
    memory.write(_BIOS + _RESET_VECTOR, _ENDING)
    for vector in range(256):
        offset = _ENTRY_BYTES * vector if vector in _SERVED else _IRET_STUB
        memory.write(4 * vector, struct.pack("<HH", offset, _BIOS >> 4))


def _start_interrupts(ports: PortBus) -> None:
    """The 8254 at 18.2 Hz, its first edge forgotten; the 8259s with vectors from 0x08 and 0x70 on, timer and keyboard
    let through.
    """
    for port, value in ((0x43, 0x36), (0x40, 0), (0x40, 0)):
        ports.write(port, 1, value)
    for port, words in ((0x20, (0x08, 0x04)), (0xA0, (0x70, 0x02))):
        ports.write(port, 1, 0x11)
        for word in (*words, 0x01):
            ports.write(port + 1, 1, word)
    ports.write(0x21, 1, 0xF8)
    ports.write(0xA1, 1, 0xFF)


def _configure_apics(windows: MemoryBus, apic: LocalApic, cpus: int) -> None:
    """Virtual wire mode (MultiProcessor Specification 1.4, 3.6.2.2): the 8259s interrupt through LINT0, NMIs come in at
    LINT1. The IO-APIC gets the first number that no local APIC has.
    """
    for register, value in ((local_apic.SVR, 0x1FF), (local_apic.LVT_LINT0, 0x700), (local_apic.LVT_LINT1, 0x400)):
        apic.put(register, value)
    windows.write(io_apic.BASE + io_apic.IOREGSEL, 4, 0)
    windows.write(io_apic.BASE + io_apic.IOWIN, 4, cpus << 24)


def _configure_chipset(pci: PciBus, ports: PortBus) -> None:
    """Disk channels at their legacy ports, power management at PM_PORTS in ACPI mode, level-triggered interrupts."""
    for _, function in pci.functions():
        if function.device == _PIIX3_IDE:
            function.write(0x40, 4, 0x80008000)  # both channels decode their legacy ports
            function.write(_INTERRUPT_LINE, 1, 14)
        elif function.device == _PIIX4_PM:
            function.write(piix4_pm.BASE_REGISTER, 2, PM_PORTS)
            function.write(piix4_pm.ENABLE_REGISTER, 1, 1)
            function.write(_INTERRUPT_LINE, 1, SCI)
            ports.write(PM_PORTS + piix4_pm.CONTROL, 2, piix4_pm.SCI_ENABLED)
    ports.write(_ELCR, 2, sum(1 << number for number in _LEVEL_LINES))


def _describe(pci: PciBus, cpus: int) -> acpi.Board:
    slots = [
        (device, function.read(_INTERRUPT_LINE, 1)) for device, function in pci.functions() if function.interrupt_pin
    ]
    return acpi.Board(cpus, PM_PORTS, SCI, cpus, _LEVEL_LINES, slots)


def _configure_pci(pci: PciBus) -> None:
    """Give every function its addresses and its interrupt, and turn it on (PCI BIOS specification 2.1)."""
    next_port, next_window = PORTS, WINDOWS
    for device, function in pci.functions():
        for number, size in sorted(function.bars.items()):
            if size < 0:
                next_port = (next_port - size - 1) // -size * -size
                function.write(_BAR0 + 4 * number, 4, next_port)
                next_port -= size
            else:
                next_window = (next_window + size - 1) // size * size
                function.write(_BAR0 + 4 * number, 4, next_window)
                next_window += size
        if function.bars:
            function.write(_COMMAND, 2, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER)
        if function.interrupt_pin:
            function.write(_INTERRUPT_LINE, 1, _ROUTES[wire_of(device)])
    for wire, number in enumerate(_ROUTES):
        pci.isa.write(_ROUTING + wire, 1, number)


def _store_sizes(rtc: Mc146818, ram: int) -> None:
    """Memory sizes where operating systems look for them in CMOS."""
    extended_kib = min(max(ram - (1 << 20), 0) >> 10, 0xFFFF)
    above_16m = min(max(ram - (16 << 20), 0) >> 16, 0xFFFF)
    struct.pack_into("<H", rtc.memory, 0x15, 640)
    struct.pack_into("<H", rtc.memory, 0x17, extended_kib)
    struct.pack_into("<H", rtc.memory, 0x30, extended_kib)
    struct.pack_into("<H", rtc.memory, 0x34, above_16m)
