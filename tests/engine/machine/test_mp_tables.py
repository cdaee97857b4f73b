# SPDX-License-Identifier: GPL-2.0-or-later
"""The MP tables, found and read as an operating system does (MultiProcessor Specification 1.4, chapter 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble, results

SIZES = {0: 20, 1: 8, 2: 8, 3: 8, 4: 8}
INT, NMI, EXTINT = 0, 1, 3
HIGH_LEVEL = 0xD


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with Machine(config=MachineConfig(cpus=2)) as made:
        yield made


@pytest.fixture(scope="module")
def table(machine: Machine) -> bytes:
    """The configuration table, by the pointer that is searched for as chapter 4 says."""
    area = machine.memory.read(0xF0000, 0x10000)
    (at,) = [at for at in range(0, len(area), 16) if area[at : at + 4] == b"_MP_"]
    pointer = area[at : at + 16]
    assert sum(pointer) % 256 == 0
    assert pointer[8:10] == bytes([1, 4])  # paragraphs, revision 1.4
    assert pointer[11:] == bytes(5)  # the table is there; virtual wire mode
    (address,) = struct.unpack_from("<I", pointer, 4)
    (size,) = struct.unpack("<H", machine.memory.read(address + 4, 2))
    found = machine.memory.read(address, size)
    assert (found[:4], found[6], sum(found) % 256) == (b"PCMP", 4, 0)
    return found


@pytest.fixture(scope="module")
def entries(table: bytes) -> dict[int, list[bytes]]:
    """By their type; types ascend."""
    found: dict[int, list[bytes]] = {}
    at, order = 44, []
    while at < len(table):
        kind = table[at]
        order.append(kind)
        found.setdefault(kind, []).append(table[at : at + SIZES[kind]])
        at += SIZES[kind]
    assert order == sorted(order)
    assert struct.unpack_from("<HI", table, 34) == (len(order), 0xFEE00000)
    return found


def test_processors(entries: dict[int, list[bytes]]) -> None:
    """4.3.1; signature and features are what CPUID says in leaf 1."""
    ask = """
    movl $1, %eax
    xorl %ecx, %ecx
    cpuid
    movl %eax, %eax
    movq %rax, 0x300000
    movl %edx, %edx
    movq %rdx, 0x300008
    1: hlt
    jmp 1b
    """
    with Machine() as asked:
        asked.memory.write(LOAD, assemble(ask))
        asked.run_seconds(0.001)
        signature, features = results(asked, 2)
    assert entries[0] == [
        struct.pack("<BBBBII8x", 0, number, 0x11, flags, signature, features) for number, flags in ((0, 3), (1, 1))
    ]


def test_buses_and_the_io_apic(machine: Machine, entries: dict[int, list[bytes]]) -> None:
    assert entries[1] == [b"\x01\x00PCI   ", b"\x01\x01ISA   "]
    machine.windows.write(0xFEC00000, 4, 0)
    number = machine.windows.read(0xFEC00010, 4) >> 24
    assert entries[2] == [struct.pack("<BBBBI", 2, number, 0x11, 1, 0xFEC00000)]


def test_interrupts(machine: Machine, entries: dict[int, list[bytes]]) -> None:
    """4.3.4: bus, line (of PCI: device and pin), pin of the IO-APIC, flags."""
    found = {}
    for entry in entries[3]:
        _, kind, flags, bus, line, apic, pin = struct.unpack("<BBHBBBB", entry)
        assert (kind, apic) == (INT, 2)
        found[bus, line] = pin, flags
    network = machine.motherboard.card.configuration.read(0x3C, 1)
    level = machine.access.port_in(0, 0x4D0, 1) | machine.access.port_in(0, 0x4D1, 1) << 8
    assert found.pop((0, 3 << 2)) == (network, HIGH_LEVEL)
    assert found == {
        (1, line): (2 if line == 0 else line, HIGH_LEVEL if level >> line & 1 else 0) for line in range(16) if line != 2
    }


def test_local_interrupts(entries: dict[int, list[bytes]]) -> None:
    """The 8259s come in at LINT0 of every local APIC, NMI at LINT1."""
    found = [struct.unpack("<BBHBBBB", entry) for entry in entries[4]]
    assert [(kind, apic, pin) for _, kind, _, _, _, apic, pin in found] == [(EXTINT, 0xFF, 0), (NMI, 0xFF, 1)]
