# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables by which operating systems find the machine's parts (ACPI specification 2.0, chapter 5)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from engine.machine import aml
from engine.machine.devices import hpet, io_apic, local_apic, piix4_pm
from engine.machine.devices.interrupt_lines import TIMER, TIMER_INPUT

_OEM, _TABLE, _CREATOR = b"VPTOP ", b"VIRTUAL ", b"VPTP"
_HEADER = struct.Struct("<4sIBB6s8sI4sI")
_ALIGNED = 64
_RESET_PORT, _HARD_RESET = 0xCF9, 0x06
_SYSTEM_MEMORY, _SYSTEM_IO = 0, 1
_CENTURY = 0x32
_LEGACY_DEVICES, _HAS_8042 = 1, 2
_WBINVD, _C1, _NO_SLEEP_BUTTON, _NO_ALARM, _RESET_SUPPORTED = 1 << 0, 1 << 2, 1 << 5, 1 << 6, 1 << 10
_NO_LEVEL = 0x0FFF
"""a latency that says that C2 and C3 are not there"""
_DESKTOP = 1
_PC_COMPATIBLE = 1
_LOCAL_APIC, _IO_APIC, _OVERRIDE, _LOCAL_NMI = 0, 1, 2, 4
_ENABLED = 1
_AS_THE_BUS, _HIGH_LEVEL = 0x0, 0xD
_EVERY_PROCESSOR, _LINT1 = 0xFF, 1
_DEVICE_MEMORY = (0xE0000000, 0xFEBFFFFF)
_VGA_MEMORY = (0xA0000, 0xBFFFF)


@dataclass(frozen=True, slots=True)
class Board:
    """What the tables describe."""

    cpus: int
    pm_base: int
    sci: int
    io_apic_id: int
    level_lines: Sequence[int]
    """interrupt lines with level-triggered interrupts, the SCI's among them"""
    slots: Sequence[tuple[int, int]]
    """PCI devices whose INTA# is in use, each with its interrupt line"""


def _summed(data: bytes, at: int) -> bytes:
    """Data with the byte at a place chosen so that all bytes add up to 0 modulo 256."""
    return data[:at] + bytes([-(sum(data) - data[at]) & 0xFF]) + data[at + 1 :]


def _table(signature: bytes, revision: int, body: bytes) -> bytes:
    """A system description table: header (5.2.5) and body."""
    size = _HEADER.size + len(body)
    return _summed(_HEADER.pack(signature, size, revision, 0, _OEM, _TABLE, 1, _CREATOR, 1) + body, 9)


def _register(address: int, bits: int) -> bytes:
    """A generic address structure (5.2.3.1) of I/O ports; address 0: not there."""
    return struct.pack("<BBBBQ", _SYSTEM_IO, bits if address else 0, 0, 0, address)


def _dsdt(board: Board) -> bytes:
    """The host bridge with what it passes on and its interrupts, the event timers, and how to switch off."""
    routing = [
        aml.package(aml.integer(slot << 16 | 0xFFFF), aml.integer(0), aml.integer(0), aml.integer(line))
        for slot, line in board.slots
    ]
    passed_on = aml.resources(
        aml.bus_range(0, 0xFF), aml.io_ports(0xCF8, 8), aml.port_range(0, 0xCF7), aml.port_range(0xD00, 0xFFFF),
        aml.memory_range(*_VGA_MEMORY), aml.memory_range(*_DEVICE_MEMORY),
    )  # fmt: skip
    bridge = aml.device(
        "PCI0",
        aml.named("_HID", aml.eisa_id("PNP0A03")),
        aml.named("_ADR", aml.integer(0)),
        aml.named("_CRS", passed_on),
        aml.named("_PRT", aml.package(*routing)),
    )
    timers = aml.device(
        "HPET",
        aml.named("_HID", aml.eisa_id("PNP0103")),
        aml.named("_CRS", aml.resources(aml.memory(hpet.BASE, hpet.SIZE))),
    )
    soft_off = aml.integer(piix4_pm.SOFT_OFF)
    return _table(b"DSDT", 1, aml.named("\\_S5", aml.package(*[soft_off] * 4)) + aml.scope("\\_SB", bridge, timers))


def _fadt(board: Board, facs: int, dsdt: int) -> bytes:
    """The fixed description table (5.2.8). The machine is in ACPI mode from the start: there is no SMI command."""
    events, control, timer = (board.pm_base + part for part in (piix4_pm.EVENTS, piix4_pm.CONTROL, piix4_pm.TIMER))
    body = struct.pack("<IIBBHIBBBB", facs, dsdt, 0, _DESKTOP, board.sci, 0, 0, 0, 0, 0)
    body += struct.pack("<8I", events, 0, control, 0, 0, timer, 0, 0)
    body += struct.pack("<8B", 4, 2, 0, 4, 0, 0, 0, 0)
    body += struct.pack(
        "<HHHHBBBBBHB", _NO_LEVEL, _NO_LEVEL, 0, 0, 0, 0, 0, 0, _CENTURY, _LEGACY_DEVICES | _HAS_8042, 0
    )
    body += struct.pack("<I", _WBINVD | _C1 | _NO_SLEEP_BUTTON | _NO_ALARM | _RESET_SUPPORTED)
    body += _register(_RESET_PORT, 8) + struct.pack("<B3x", _HARD_RESET)
    body += struct.pack("<QQ", facs, dsdt)
    blocks = ((events, 32), (0, 0), (control, 16), (0, 0), (0, 0), (timer, 32), (0, 0), (0, 0))
    return _table(b"FACP", 3, body + b"".join(_register(*block) for block in blocks))


def _madt(board: Board) -> bytes:
    """The interrupt controllers (5.2.10.4)."""
    body = struct.pack("<II", local_apic.BASE, _PC_COMPATIBLE)
    for number in range(board.cpus):
        body += struct.pack("<BBBBI", _LOCAL_APIC, 8, number, number, _ENABLED)
    body += struct.pack("<BBBxII", _IO_APIC, 12, board.io_apic_id, io_apic.BASE, 0)
    body += struct.pack("<BBBBIH", _OVERRIDE, 10, 0, TIMER, TIMER_INPUT, _AS_THE_BUS)
    for line in board.level_lines:
        body += struct.pack("<BBBBIH", _OVERRIDE, 10, 0, line, line, _HIGH_LEVEL)
    body += struct.pack("<BBBHB", _LOCAL_NMI, 6, _EVERY_PROCESSOR, _AS_THE_BUS, _LINT1)
    return _table(b"APIC", 1, body)


def _hpet() -> bytes:
    """The event timers (IA-PC HPET specification 1.0a, 3.2.4)."""
    place = struct.pack("<BBBBQ", _SYSTEM_MEMORY, 64, 0, 0, hpet.BASE)
    return _table(b"HPET", 1, struct.pack("<I", hpet.CAPABILITIES & 0xFFFFFFFF) + place + struct.pack("<BHB", 0, 1, 0))


def _root_pointer(rsdt: int, xsdt: int) -> bytes:
    """RSDP (5.2.4): the first 20 bytes have a checksum of their own."""
    data = struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, _OEM, 2, rsdt, 36, xsdt, 0)
    return _summed(_summed(data[:20], 8) + data[20:], 32)


def tables(board: Board, address: int) -> bytes:
    """All tables for a place in memory between 0xe0000 and 0xfffff; the root pointer comes first."""
    image = bytearray(_ALIGNED)

    def place(table: bytes) -> int:
        at = address + len(image)
        image.extend(table.ljust(-(-len(table) // _ALIGNED) * _ALIGNED, b"\0"))
        return at

    facs = place(struct.pack("<4sIIIIIQB31x", b"FACS", 64, 0, 0, 0, 0, 0, 1))
    dsdt = place(_dsdt(board))
    found = [place(_fadt(board, facs, dsdt)), place(_madt(board)), place(_hpet())]
    rsdt = place(_table(b"RSDT", 1, struct.pack(f"<{len(found)}I", *found)))
    xsdt = place(_table(b"XSDT", 1, struct.pack(f"<{len(found)}Q", *found)))
    root = _root_pointer(rsdt, xsdt)
    image[: len(root)] = root
    return bytes(image)
