# SPDX-License-Identifier: GPL-2.0-or-later
"""Bus-master DMA, by the Programming Interface for Bus Master IDE Controller, revision 1.0, and Intel's data sheet of
the PIIX3 (290550, 2.6).
"""

from __future__ import annotations

import struct

import pytest

from engine.core.points import Point
from engine.machine.devices.ata import AtaChannel
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.ide import Piix3Ide
from engine.machine.devices.pci import PciBus
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.broken_contents import BrokenContents

BASE, TABLE, BUFFER = 0xC000, 0x1000, 0x8000
START, TO_MEMORY = 1, 8
ACTIVE, FAILED, INTERRUPT = 1, 2, 4
READ_DMA, WRITE_DMA = 0xC8, 0xCA
STATUS = 0x1F7
ERR = 1
SERVICE_NS = 1_000_000
CONTENT = bytes(range(256)) * 2 * 64


class Steady:
    """A disk that always takes a millisecond."""

    ways = 1

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        return SERVICE_NS


class Channel:
    """Both channels on a bench, with a disk on each; the driver's view of the primary one."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq, self.second_irq = Wire(), Wire()
        self.image, self.second = DiskImage(CONTENT), DiskImage(b"", 100)
        one = Identities()
        disk = AtaChannel(bench.ports, bench.clock, self.irq, self.image, Steady(), bench.fire, 0, one)
        second = AtaChannel(bench.ports, bench.clock, self.second_irq, self.second, Steady(), bench.fire, 1, one)
        self.model = Piix3Ide(bench.ports, PciBus(bench.ports, lambda *_: None), bench.memory, disk, second)
        self.model.configuration.write(0x20, 4, BASE)
        self.model.configuration.write(0x04, 2, 5)

    def table(self, *regions: tuple[int, int]) -> None:
        """Physical region descriptors: address and bytes; 64 KiB is written as 0."""
        entries = [struct.pack("<IHH", address, size & 0xFFFF, 0) for address, size in regions]
        entries[-1] = entries[-1][:7] + b"\x80"  # end of table
        self.bench.memory.write(TABLE, b"".join(entries))
        self.bench.outl(BASE + 4, TABLE)

    def command(self, code: int, first: int, count: int) -> None:
        for offset, value in enumerate((count, first & 0xFF, first >> 8, 0, 0xE0, code)):
            self.bench.outb(0x1F2 + offset, value)

    def go(self, direction: int) -> None:
        self.bench.outb(BASE, direction)
        self.bench.outb(BASE, direction | START)


@pytest.fixture
def channel(bench: Bench) -> Channel:
    return Channel(bench)


def test_reading_into_scattered_memory(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 512), (BUFFER + 0x2000, 1024))
    channel.command(READ_DMA, 4, 3)
    channel.go(TO_MEMORY)
    assert bench.inb(BASE + 2) & ACTIVE
    bench.changed.clear()
    bench.advance(SERVICE_NS)
    data = CONTENT[4 * SECTOR : 7 * SECTOR]
    assert bench.ram[BUFFER : BUFFER + 512] == data[:512]
    assert bench.ram[BUFFER + 0x2000 : BUFFER + 0x2000 + 1024] == data[512:]
    assert bench.changed == [(BUFFER, 512), (BUFFER + 0x2000, 1024)]  # the CPU must forget code from there
    assert channel.irq.level
    assert bench.inb(BASE + 2) & (ACTIVE | FAILED | INTERRUPT) == INTERRUPT
    bench.outb(BASE + 2, INTERRUPT)
    assert not bench.inb(BASE + 2) & INTERRUPT


def test_writing_from_scattered_memory(channel: Channel, bench: Bench) -> None:
    bench.memory.write(BUFFER, b"a" * 700)
    bench.memory.write(BUFFER + 0x3000, b"b" * 324)
    channel.table((BUFFER, 700), (BUFFER + 0x3000, 324))
    channel.command(WRITE_DMA, 9, 2)
    channel.go(0)
    bench.advance(SERVICE_NS)
    assert channel.image.read(9, 2) == b"a" * 700 + b"b" * 324
    assert bench.inb(STATUS) & ERR == 0


def test_a_size_of_zero_is_64_kibibytes(channel: Channel, bench: Bench) -> None:
    channel.table((0x20000, 0x10000))
    channel.command(READ_DMA, 0, 64)
    channel.go(TO_MEMORY)
    bench.advance(SERVICE_NS)
    assert bench.ram[0x20000 : 0x20000 + len(CONTENT)] == CONTENT


def test_the_command_may_come_after_the_start(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 512))
    channel.go(TO_MEMORY)
    channel.command(READ_DMA, 1, 1)
    bench.advance(SERVICE_NS)
    assert bench.ram[BUFFER : BUFFER + 512] == CONTENT[SECTOR : 2 * SECTOR]


def test_a_longer_table_leaves_the_master_active(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 1024))
    channel.command(READ_DMA, 1, 1)
    channel.go(TO_MEMORY)
    bench.advance(SERVICE_NS)
    assert bench.inb(BASE + 2) & (ACTIVE | INTERRUPT) == ACTIVE | INTERRUPT
    bench.outb(BASE, 0)
    assert not bench.inb(BASE + 2) & ACTIVE


def test_too_short_a_table_fails(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 512))
    channel.command(READ_DMA, 1, 2)
    channel.go(TO_MEMORY)
    bench.advance(SERVICE_NS)
    assert bench.inb(BASE + 2) & FAILED or bench.inb(STATUS) & ERR
    assert bench.ram[BUFFER + 512 : BUFFER + 1024] == bytes(512)


def test_the_pieces_are_arg7(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 512), (BUFFER + 512, 512), (BUFFER + 1024, 512))
    channel.command(READ_DMA, 4, 3)
    channel.go(TO_MEMORY)
    bench.advance(SERVICE_NS)
    assert bench.fired == [
        (Point.DISK_IO_START, (0, 0, 0, 1, 1, 4, 3, 3)),
        (Point.DISK_IO_FINISH, (0, 0, 0, 1, 1, 4, 3, 3)),
    ]


def test_registers_move_with_their_base_address(channel: Channel, bench: Bench) -> None:
    bench.outl(BASE + 4, 0x12345678)
    assert bench.inl(BASE + 4) == 0x12345678
    channel.model.configuration.write(0x20, 4, 0xD000)
    assert bench.inl(BASE + 4) == 0xFFFFFFFF
    assert bench.inl(0xD004) == 0x12345678
    channel.model.configuration.write(0x04, 2, 4)
    assert bench.inl(0xD004) == 0xFFFFFFFF


def test_requests_on_both_channels_are_in_flight_at_once(channel: Channel, bench: Bench) -> None:
    channel.table((BUFFER, 512))
    channel.command(READ_DMA, 3, 1)
    channel.go(TO_MEMORY)
    bench.advance(SERVICE_NS // 2)
    bench.memory.write(0x2000, struct.pack("<IHH", BUFFER + 0x1000, 512, 0x8000))
    bench.memory.write(BUFFER + 0x1000, b"s" * 512)
    bench.outl(BASE + 8 + 4, 0x2000)
    for offset, value in enumerate((1, 9, 0, 0, 0xE0, WRITE_DMA)):
        bench.outb(0x172 + offset, value)
    bench.outb(BASE + 8, START)
    assert [point for point, _ in bench.fired] == [Point.DISK_IO_START] * 2
    bench.advance(SERVICE_NS // 2)
    assert (channel.irq.level, channel.second_irq.level) == (True, False)
    assert (bench.inb(BASE + 2) & INTERRUPT, bench.inb(BASE + 10) & INTERRUPT) == (INTERRUPT, 0)
    bench.advance(SERVICE_NS // 2)
    assert channel.second_irq.level
    assert channel.second.read(9, 1) == b"s" * 512
    assert bench.fired[2:] == [
        (Point.DISK_IO_FINISH, (0, 0, 0, 1, 1, 3, 1, 1)),
        (Point.DISK_IO_FINISH, (0, 1, 0, 0, 2, 9, 1, 1)),
    ]


@pytest.mark.parametrize(("command", "direction", "error"), [(READ_DMA, TO_MEMORY, 0x40), (WRITE_DMA, 0, 0x04)])
def test_an_image_that_fails(channel: Channel, bench: Bench, command: int, direction: int, error: int) -> None:
    channel.image.base = BrokenContents(b"")
    channel.table((BUFFER, 512))
    channel.command(command, 4, 1)
    channel.go(direction)
    bench.advance(SERVICE_NS)
    assert bench.inb(STATUS) & ERR
    assert bench.inb(0x1F1) == error
    assert not bench.inb(BASE + 2) & ACTIVE
