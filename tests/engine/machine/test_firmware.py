# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot sector finds (IBM PC/AT technical reference; Ralf Brown's interrupt list, memory and CMOS maps)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.core.registers import Register
from engine.core.variables import Variable
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine

MIB = 1 << 20
BOOT_SECTOR = b"\xeb\xfe".ljust(510, b"\x90") + b"\x55\xaa"  # jmp $


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with Machine(BOOT_SECTOR + bytes(512 * 100), MachineConfig(ram_bytes=128 * MIB)) as machine:
        yield machine


def cmos(machine: Machine, register: int) -> int:
    machine.access.port_out(0, 0x70, 1, register)
    return machine.access.port_in(0, 0x71, 1)


def test_the_boot_sector_is_entered_in_real_mode(machine: Machine) -> None:
    cpu = machine.cpus[0]
    assert machine.memory.read(0x7C00, 512) == BOOT_SECTOR
    assert cpu.variable(Variable.CS) * 16 + cpu[Register.RIP] == 0x7C00
    assert cpu[Register.RDX] & 0xFF == 0x80
    assert not cpu.variable(Variable.CR0) & 1
    assert (cpu.variable(Variable.IDTRBASE), cpu.variable(Variable.IDTRLIMIT)) == (0, 0x3FF)


def test_every_interrupt_vector_points_at_the_bios(machine: Machine) -> None:
    iret = b"\xcf"
    served = set()
    for vector, (offset, segment) in enumerate(struct.iter_unpack("<HH", machine.memory.read(0, 1024))):
        assert segment == 0xF000
        if machine.memory.read(segment * 16 + offset, 1) != iret:
            served.add(vector)
    assert served >= {0x08, 0x09, 0x10, 0x11, 0x12, 0x13, 0x15, 0x16, 0x19, 0x1A}
    assert not served & {0x00, 0x01, 0x02, 0x03, 0x04, 0x1B, 0x1C, 0x20, 0x21, 0x80}


def test_the_end_of_the_bios(machine: Machine) -> None:
    ending = machine.memory.read(0xFFFF0, 16)
    assert ending[0] == 0xEA  # a far jump
    assert ending[3:5] == b"\x00\xf0"
    assert ending[14] == 0xFC  # an AT


def test_the_data_area_of_the_bios(machine: Machine) -> None:
    assert machine.memory.read_int(0x400, 2) == 0x3F8  # COM1
    assert machine.memory.read_int(0x413, 2) == 639  # KiB below the extended data area
    assert machine.memory.read_int(0x40E, 2) << 4 == 639 << 10
    assert machine.memory.read_int(0x44A, 2) == 80
    assert machine.memory.read_int(0x475, 1) == 1  # hard disks


def test_memory_sizes_in_cmos(machine: Machine) -> None:
    def word(register: int) -> int:
        return cmos(machine, register) | cmos(machine, register + 1) << 8

    assert word(0x15) == 640
    assert word(0x17) == word(0x30) == 0xFFFF  # KiB above 1 MiB, as far as they can be told
    assert word(0x34) == (128 - 16) * 16  # 64 KiB blocks above 16 MiB


def test_pci_functions_are_placed_and_turned_on(machine: Machine) -> None:
    taken: list[range] = []
    for _, function in machine.motherboard.pci.functions():
        for number, size in function.bars.items():
            base = function.bar(number)
            assert base
            assert base % abs(size) == 0
            place = range(base, base + abs(size))
            assert all(place.stop <= other.start or other.stop <= place.start for other in taken)
            taken.append(place)
            assert function.command & 5 == 5
    assert len(taken) == 3  # IDE; network card in both spaces


def test_interrupts_of_pci_are_level_triggered(machine: Machine) -> None:
    line = machine.motherboard.card.configuration.read(0x3C, 1)
    assert machine.access.port_in(0, 0x4D1, 1) >> line - 8 & 1
    machine.access.port_out(0, 0xCF8, 4, 0x80000860)
    assert line in machine.access.port_in(0, 0xCFC, 4).to_bytes(4, "little")


def test_the_local_apic_is_in_virtual_wire_mode(machine: Machine) -> None:
    """MultiProcessor Specification 1.4, 3.6.2.2."""
    assert machine.access.memory_read(0, 0xFEE000F0, 4) & 0x100  # enabled
    assert machine.access.memory_read(0, 0xFEE00350, 4) & 0x107FF == 0x700  # ExtINT
    assert machine.access.memory_read(0, 0xFEE00360, 4) & 0x10700 == 0x400  # NMI


def test_everything_is_the_same_after_a_reset(machine: Machine) -> None:
    def seen() -> list[bytes]:
        return [machine.memory.read(0, 0x500), machine.memory.read(0x7C00, 512), machine.memory.read(0xE0000, 0x20000)]

    before = seen()
    machine.memory.write(0, bytes(0x500))
    machine.memory.write(0x7C00, bytes(512))
    machine.memory.write(0xE0000, bytes(0x1000))
    machine.reset()
    assert seen() == before
