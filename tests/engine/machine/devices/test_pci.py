# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI bus, by the PCI Local Bus Specification 2.1 (3.7.4.1, chapter 6) and, for the routing of interrupts, Intel's
data sheet of the PIIX3 (290550, 2.3.9).
"""

from __future__ import annotations

import pytest

from engine.machine.devices.pci import PciBus, PciFunction
from tests.engine.machine.bench import Bench

ADDRESS, DATA = 0xCF8, 0xCFC
ENABLE = 1 << 31
NOT_ROUTED = 0x80


class Bus:
    """The bus on a bench, and which interrupt requests are asserted."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.asserted: set[int] = set()
        self.model = PciBus(bench.ports, self._irq)
        self.card = PciFunction(0x1234, 0x5678, 0x020000, revision=7, interrupt_pin=1, bars={0: -64, 2: 4096})
        self.model.add(4, 0, self.card)
        self.model.reset()

    def _irq(self, number: int, level: bool) -> None:
        (self.asserted.add if level else self.asserted.discard)(number)

    def read(self, device: int, function: int, offset: int, size: int = 4) -> int:
        self.bench.outl(ADDRESS, ENABLE | device << 11 | function << 8 | offset & 0xFC)
        return self.bench.ports.read(DATA + (offset & 3), size)

    def write(self, device: int, function: int, offset: int, size: int, value: int) -> None:
        self.bench.outl(ADDRESS, ENABLE | device << 11 | function << 8 | offset & 0xFC)
        self.bench.ports.write(DATA + (offset & 3), size, value)


@pytest.fixture
def bus(bench: Bench) -> Bus:
    return Bus(bench)


def test_identities(bus: Bus) -> None:
    assert bus.read(0, 0, 0) == 0x12378086
    assert bus.read(1, 0, 0) == 0x70008086
    assert bus.read(4, 0, 0) == 0x56781234
    assert bus.read(4, 0, 8) == 0x02000007
    assert bus.read(0, 0, 8) >> 8 == 0x060000  # host bridge
    assert bus.read(1, 0, 8) >> 8 == 0x060100  # ISA bridge
    assert bus.read(1, 0, 0x0E, 1) & 0x80  # multifunction


def test_where_nobody_is(bus: Bus, bench: Bench) -> None:
    assert bus.read(7, 0, 0) == 0xFFFFFFFF
    assert bus.read(4, 1, 0) == 0xFFFFFFFF
    bench.outl(ADDRESS, ENABLE | 1 << 16)  # another bus
    assert bench.inl(DATA) == 0xFFFFFFFF
    bench.outl(ADDRESS, 4 << 11)  # without the enable bit
    assert bench.inl(DATA) == 0xFFFFFFFF


def test_the_address_register_is_32_bits_wide(bus: Bus, bench: Bench) -> None:
    del bus
    bench.outl(ADDRESS, 0x80002004)
    bench.outb(ADDRESS, 0)
    bench.outw(ADDRESS + 2, 0)
    assert bench.inl(ADDRESS) == 0x80002004


@pytest.mark.parametrize(("offset", "size", "value"), [(0, 2, 0x1234), (2, 2, 0x5678), (8, 1, 7), (11, 1, 2)])
def test_parts_of_a_register(bus: Bus, offset: int, size: int, value: int) -> None:
    assert bus.read(4, 0, offset, size) == value


def test_identity_and_class_are_read_only(bus: Bus) -> None:
    bus.write(4, 0, 0, 4, 0)
    bus.write(4, 0, 8, 4, 0)
    assert (bus.read(4, 0, 0), bus.read(4, 0, 8)) == (0x56781234, 0x02000007)


def test_base_address_registers_tell_their_size(bus: Bus) -> None:
    for bar in range(6):
        bus.write(4, 0, 0x10 + 4 * bar, 4, 0xFFFFFFFF)
    assert [bus.read(4, 0, 0x10 + 4 * bar) for bar in range(6)] == [0xFFFFFFC1, 0, 0xFFFFF000, 0, 0, 0]


def test_the_command_register_turns_address_spaces_on(bus: Bus) -> None:
    bus.write(4, 0, 0x10, 4, 0xC040)
    bus.write(4, 0, 0x18, 4, 0xFEB01000)
    assert (bus.card.bar(0), bus.card.bar(2)) == (0, 0)
    bus.write(4, 0, 4, 2, 1)
    assert (bus.card.bar(0), bus.card.bar(2)) == (0xC040, 0)
    bus.write(4, 0, 4, 2, 2)
    assert (bus.card.bar(0), bus.card.bar(2)) == (0, 0xFEB01000)


def test_the_interrupt_line_is_for_software_to_keep(bus: Bus) -> None:
    bus.write(4, 0, 0x3C, 4, 0xFFFFFFFF)
    assert bus.read(4, 0, 0x3C) == 0x000001FF  # line, pin; no grants asked for


def test_reset_clears_what_was_written(bus: Bus) -> None:
    bus.write(4, 0, 4, 2, 7)
    bus.write(4, 0, 0x10, 4, 0xC040)
    bus.model.reset()
    assert (bus.read(4, 0, 4, 2), bus.read(4, 0, 0x10)) == (0, 1)


# --- interrupts ---


def route(bus: Bus, wire: int, value: int) -> None:
    bus.write(1, 0, 0x60 + wire, 1, value)


def test_nothing_is_routed_after_reset(bus: Bus) -> None:
    assert bus.read(1, 0, 0x60) == 0x80808080
    bus.model.interrupt(4)(True)
    assert bus.asserted == set()


def test_a_wire_drives_the_request_it_is_routed_to(bus: Bus) -> None:
    line = bus.model.interrupt(4)
    route(bus, 3, 11)  # INTA# of device 4 is PIRQD#
    line(True)
    assert bus.asserted == {11}
    route(bus, 3, 5)
    assert bus.asserted == {5}
    route(bus, 3, NOT_ROUTED | 5)
    assert bus.asserted == set()
    route(bus, 3, 10)
    line(False)
    assert bus.asserted == set()


def test_shared_wires_stay_asserted_until_the_last_one_lets_go(bus: Bus) -> None:
    first, second, third = (bus.model.interrupt(device) for device in (4, 8, 1))
    route(bus, 3, 11)
    route(bus, 0, 11)
    for line in (first, second, third):
        line(True)
    first(False)
    second(False)
    assert bus.asserted == {11}
    third(False)
    assert bus.asserted == set()
