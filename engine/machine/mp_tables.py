# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables by which operating systems without ACPI find CPUs and interrupts (MultiProcessor Specification 1.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.machine.acpi import Board
from engine.machine.devices import io_apic, local_apic
from engine.machine.devices.interrupt_lines import TIMER, TIMER_INPUT

_REVISION = 4
_OEM, _PRODUCT = b"VPTOP   ", b"VIRTUAL     "
_POINTER = struct.Struct("<4sIBBB5s")
_HEADER = struct.Struct("<4sHBB8s12sIHHIHBx")
_SUM_OF_POINTER, _SUM_OF_TABLE = 10, 7
_PROCESSOR, _BUS, _IO_APIC, _IO_INTERRUPT, _LOCAL_INTERRUPT = range(5)
_ENABLED, _BOOTSTRAP = 1, 2
_PCI, _ISA = 0, 1
"""Numbers of the buses."""
_INTERRUPT, _NMI, _EXTERNAL = 0, 1, 3
_AS_THE_BUS, _HIGH_LEVEL = 0x0, 0xD
_EVERY_APIC = 0xFF
_ISA_LINES, _CASCADE = 16, 2


@dataclass(frozen=True, slots=True)
class Processor:
    """What CPUID says of each CPU, in leaf 1."""

    signature: int
    """EAX"""
    features: int
    """EDX"""


def _summed(data: bytes, at: int) -> bytes:
    """Data with the byte at a place, which is 0, chosen so that all bytes add up to 0 modulo 256."""
    return data[:at] + bytes([-sum(data) & 0xFF]) + data[at + 1 :]


def _processors(board: Board, processor: Processor) -> list[bytes]:
    """4.3.1."""
    version = local_apic.VERSION & 0xFF
    return [
        struct.pack(
            "<BBBBII8x", _PROCESSOR, number, version, _ENABLED | (0 if number else _BOOTSTRAP), processor.signature,
            processor.features,
        )
        for number in range(board.cpus)
    ]  # fmt: skip


def _interrupt(kind: int, what: int, flags: int, bus: int, line: int, apic: int, pin: int) -> bytes:
    """4.3.4 and 4.3.5: a line of a bus, and the pin of an IO-APIC or a local APIC that it is wired to."""
    return struct.pack("<BBHBBBB", kind, what, flags, bus, line, apic, pin)


def _interrupts(board: Board) -> list[bytes]:
    """The wires of the board: ISA by number, PCI by device and pin, 8259s and NMI to every local APIC."""
    apic = board.io_apic_id
    isa = [
        _interrupt(
            _IO_INTERRUPT, _INTERRUPT, _HIGH_LEVEL if line in board.level_lines else _AS_THE_BUS, _ISA, line, apic,
            TIMER_INPUT if line == TIMER else line,
        )
        for line in range(_ISA_LINES)
        if line != _CASCADE
    ]  # fmt: skip
    pci = [
        _interrupt(_IO_INTERRUPT, _INTERRUPT, _HIGH_LEVEL, _PCI, slot << 2, apic, line) for slot, line in board.slots
    ]
    local = [
        _interrupt(_LOCAL_INTERRUPT, what, _AS_THE_BUS, _ISA, 0, _EVERY_APIC, pin)
        for pin, what in enumerate((_EXTERNAL, _NMI))
    ]
    return pci + isa + local


def tables(board: Board, processor: Processor, address: int) -> bytes:
    """Floating pointer and configuration table, for a place at a multiple of 16 between 0xf0000 and 0xfffff."""
    entries = _processors(board, processor)
    entries += [struct.pack("<BB6s", _BUS, number, name) for number, name in ((_PCI, b"PCI   "), (_ISA, b"ISA   "))]
    version = io_apic.VERSION & 0xFF
    entries.append(struct.pack("<BBBBI", _IO_APIC, board.io_apic_id, version, _ENABLED, io_apic.BASE))
    entries += _interrupts(board)
    body = b"".join(entries)
    size = _HEADER.size + len(body)
    header = _HEADER.pack(
        b"PCMP", size, _REVISION, 0, _OEM, _PRODUCT, 0, 0, len(entries), local_apic.BASE, 0, 0
    )  # fmt: skip
    pointer = _POINTER.pack(b"_MP_", address + _POINTER.size, 1, _REVISION, 0, bytes(5))
    return _summed(pointer, _SUM_OF_POINTER) + _summed(header + body, _SUM_OF_TABLE)
