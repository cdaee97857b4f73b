# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk behind its task file, by ATA/ATAPI-6 (T13/1410D), chapters 6 to 9."""

from __future__ import annotations

import struct

import pytest

from engine.core.points import Point
from engine.machine.devices.ata import AtaChannel
from engine.machine.devices.disk_image import SECTOR, DiskImage
from tests.engine.machine.bench import Answers, Bench, Wire
from tests.engine.machine.devices.broken_contents import BrokenContents

DATA, ERROR, COUNT, LOW, MID, HIGH, DEVICE, STATUS, CONTROL = (*range(0x1F0, 0x1F8), 0x3F6)
COMMAND, FEATURES = STATUS, ERROR
BSY, DRDY, DRQ, ERR = 0x80, 0x40, 0x08, 0x01
ABRT, IDNF, UNC = 0x04, 0x10, 0x40
NIEN, SRST, HOB = 0x02, 0x04, 0x80
LBA, SECOND_DEVICE = 0x40, 0x10
READ, READ_MULTIPLE, READ_EXT, WRITE, WRITE_MULTIPLE, WRITE_EXT = 0x20, 0xC4, 0x24, 0x30, 0xC5, 0x34
IDENTIFY, SET_MULTIPLE, READ_NATIVE_MAX, DIAGNOSTIC, FLUSH, NOP = 0xEC, 0xC6, 0xF8, 0x90, 0xE7, 0x00
SECTORS = 2048
SERVICE_NS = 1_000_000


class Steady:
    """A disk that always takes a millisecond."""

    ways = 1

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        return SERVICE_NS


def sector(number: int) -> bytes:
    return struct.pack("<I", number) * (SECTOR // 4)


class Disk:
    """A disk of numbered sectors on a bench, with its driver's view of it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq = Wire()
        self.image = DiskImage(b"".join(sector(n) for n in range(SECTORS)))
        self.model = AtaChannel(bench.ports, bench.clock, self.irq, self.image, Steady(), bench.fire)

    def command(self, code: int, first: int = 0, count: int = 1, features: int = 0) -> None:
        """28-bit addressing."""
        self.bench.outb(FEATURES, features)
        self.bench.outb(COUNT, count & 0xFF)
        self.bench.outb(LOW, first & 0xFF)
        self.bench.outb(MID, first >> 8 & 0xFF)
        self.bench.outb(HIGH, first >> 16 & 0xFF)
        self.bench.outb(DEVICE, 0xA0 | LBA | first >> 24)
        self.bench.outb(COMMAND, code)

    def command_ext(self, code: int, first: int, count: int) -> None:
        """48-bit addressing: each register takes its high half first."""
        self.bench.outb(COUNT, count >> 8, count & 0xFF)
        for register, shift in ((LOW, 0), (MID, 8), (HIGH, 16)):
            self.bench.outb(register, first >> 24 + shift & 0xFF, first >> shift & 0xFF)
        self.bench.outb(DEVICE, 0xA0 | LBA)
        self.bench.outb(COMMAND, code)

    def take(self, sectors: int = 1) -> bytes:
        words = [self.bench.inw(DATA) for _ in range(sectors * SECTOR // 2)]
        return struct.pack(f"<{len(words)}H", *words)

    def give(self, data: bytes) -> None:
        for (word,) in struct.iter_unpack("<H", data):
            self.bench.outw(DATA, word)

    def status(self) -> int:
        return self.bench.inb(STATUS)


@pytest.fixture
def disk(bench: Bench) -> Disk:
    return Disk(bench)


def test_signature_after_reset(disk: Disk, bench: Bench) -> None:
    bench.outb(CONTROL, SRST)
    assert disk.status() & BSY
    bench.outb(CONTROL, 0)
    assert disk.status() == DRDY | 0x10
    assert [bench.inb(register) for register in (ERROR, COUNT, LOW, MID, HIGH)] == [1, 1, 1, 0, 0]


def test_reading_takes_time_and_interrupts(disk: Disk, bench: Bench) -> None:
    disk.command(READ, 1000)
    assert disk.status() & BSY
    bench.advance(SERVICE_NS - 1)
    assert not disk.irq.level
    bench.advance(1)
    assert disk.irq.level
    assert disk.status() & (BSY | DRQ) == DRQ
    assert not disk.irq.level  # reading the status ends it
    assert disk.take() == sector(1000)
    assert disk.status() & (BSY | DRQ | ERR) == 0


def test_the_alternate_status_leaves_the_interrupt(disk: Disk, bench: Bench) -> None:
    disk.command(READ, 5)
    bench.advance(SERVICE_NS)
    bench.inb(CONTROL)
    assert disk.irq.level


def test_every_sector_interrupts(disk: Disk, bench: Bench) -> None:
    disk.command(READ, 10, 3)
    bench.advance(SERVICE_NS)
    for number in range(3):
        assert disk.irq.rises == number + 1
        disk.status()
        assert disk.take() == sector(10 + number)
    assert not disk.status() & DRQ


def test_multiple_sectors_between_interrupts(disk: Disk, bench: Bench) -> None:
    disk.command(SET_MULTIPLE, count=8)
    disk.status()
    before = disk.irq.rises
    disk.command(READ_MULTIPLE, 20, 12)
    bench.advance(SERVICE_NS)
    disk.status()
    assert disk.take(8) == b"".join(sector(20 + n) for n in range(8))
    disk.status()
    assert disk.take(4) == b"".join(sector(28 + n) for n in range(4))
    assert disk.irq.rises == before + 2


@pytest.mark.parametrize("size", [2, 4])
def test_the_data_port_in_words_and_double_words(disk: Disk, bench: Bench, size: int) -> None:
    disk.command(READ, 7)
    bench.advance(SERVICE_NS)
    data = b"".join(bench.ports.read(DATA, size).to_bytes(size, "little") for _ in range(SECTOR // size))
    assert data == sector(7)


def test_a_count_of_zero_is_256(disk: Disk, bench: Bench) -> None:
    disk.command(READ, 0, 0)
    bench.advance(SERVICE_NS)
    assert disk.take(256) == b"".join(sector(n) for n in range(256))
    assert not disk.status() & DRQ


def test_writing(disk: Disk, bench: Bench) -> None:
    disk.command(WRITE, 40, 2)
    assert disk.status() & (BSY | DRQ) == DRQ
    assert not disk.irq.level  # the first block comes without an interrupt
    disk.give(b"a" * SECTOR)
    assert disk.irq.level
    disk.status()
    disk.give(b"b" * SECTOR)
    assert disk.status() & BSY
    bench.advance(SERVICE_NS)
    assert disk.irq.level
    assert disk.status() & (BSY | DRQ | ERR) == 0
    assert disk.image.read(39, 4) == sector(39) + b"a" * SECTOR + b"b" * SECTOR + sector(42)


def test_48_bit_commands(disk: Disk, bench: Bench) -> None:
    disk.command_ext(WRITE_EXT, 1025, 1)
    disk.give(b"z" * SECTOR)
    bench.advance(SERVICE_NS)
    disk.command_ext(READ_EXT, 1024, 2)
    bench.advance(SERVICE_NS)
    assert disk.take(2) == sector(1024) + b"z" * SECTOR


def test_high_halves_are_readable_with_hob(disk: Disk, bench: Bench) -> None:
    bench.outb(LOW, 0x12, 0x34)
    assert bench.inb(LOW) == 0x34
    bench.outb(CONTROL, HOB)
    assert bench.inb(LOW) == 0x12
    bench.outb(LOW, 0x56)  # any write to the task file takes HOB back
    assert bench.inb(LOW) == 0x56
    del disk


def test_cylinders_heads_and_sectors(disk: Disk, bench: Bench) -> None:
    for register, value in ((COUNT, 1), (LOW, 2), (MID, 1), (HIGH, 0), (DEVICE, 0xA0 | 3), (COMMAND, READ)):
        bench.outb(register, value)
    bench.advance(SERVICE_NS)
    assert disk.take() == sector((1 * 16 + 3) * 63 + 2 - 1)


@pytest.mark.parametrize(
    ("code", "first", "count", "error"),
    [(READ, SECTORS, 1, IDNF), (READ, SECTORS - 1, 2, IDNF), (WRITE, 0xFFFFFFF, 1, IDNF), (NOP, 0, 1, ABRT)],
)
def test_errors(disk: Disk, bench: Bench, code: int, first: int, count: int, error: int) -> None:
    disk.command(code, first, count)
    assert disk.irq.level
    assert disk.status() & (BSY | DRQ | ERR) == ERR
    assert bench.inb(ERROR) == error
    assert not bench.fired


def test_identify(disk: Disk) -> None:
    disk.command(IDENTIFY)
    words = struct.unpack("<256H", disk.take())
    assert words[0] & 0x8000 == 0
    assert words[60] | words[61] << 16 == SECTORS
    assert words[100] | words[101] << 16 == SECTORS
    assert words[49] & 0x0300 == 0x0300  # LBA, DMA
    assert words[83] & 0x0400  # 48-bit addresses
    assert words[83] >> 14 == 1
    assert words[80] >> 6 & 1  # ATA/ATAPI-6
    model = b"".join(struct.pack(">H", word) for word in words[27:47])
    assert model.isascii()
    assert model.strip()


def test_the_largest_address(disk: Disk, bench: Bench) -> None:
    disk.command(READ_NATIVE_MAX)
    address = bench.inb(LOW) | bench.inb(MID) << 8 | bench.inb(HIGH) << 16 | (bench.inb(DEVICE) & 15) << 24
    assert address == SECTORS - 1


def test_commands_without_data(disk: Disk, bench: Bench) -> None:
    disk.command(FLUSH)
    assert disk.irq.level
    assert disk.status() & (BSY | DRQ | ERR) == 0
    disk.command(DIAGNOSTIC)
    assert bench.inb(ERROR) == 1  # device 0 passed


def test_nobody_is_device_1(disk: Disk, bench: Bench) -> None:
    bench.outb(DEVICE, 0xA0 | SECOND_DEVICE)
    assert disk.status() == 0
    bench.outb(COMMAND, IDENTIFY)
    assert not disk.irq.level
    bench.outb(DEVICE, 0xA0)
    assert disk.status() & DRDY


def test_interrupts_can_be_held_back(disk: Disk, bench: Bench) -> None:
    bench.outb(CONTROL, NIEN)
    disk.command(READ, 1)
    bench.advance(SERVICE_NS)
    assert not disk.irq.level
    assert disk.status() & DRQ


def test_reset_forgets_a_command(disk: Disk, bench: Bench) -> None:
    disk.command(READ, 1)
    bench.outb(CONTROL, SRST)
    bench.outb(CONTROL, 0)
    bench.advance(10 * SERVICE_NS)
    assert not disk.irq.level
    assert not disk.status() & DRQ


def test_probe_points_with_their_arguments(disk: Disk, bench: Bench) -> None:
    """ARG0 to ARG7 by the manual, p. 28: adapter, controller, drive, read, I/O, sector, sectors, pieces."""
    disk.command(READ, 77, 2)
    assert bench.fired == [(Point.DISK_IO_START, (0, 0, 0, 1, 1, 77, 2, 1))]
    bench.advance(SERVICE_NS)
    disk.take(2)
    assert bench.fired[1:] == [(Point.DISK_IO_FINISH, (0, 0, 0, 1, 1, 77, 2, 1))]
    disk.command(WRITE, 78)
    disk.give(bytes(SECTOR))
    bench.advance(SERVICE_NS)
    assert bench.fired[2:] == [
        (Point.DISK_IO_START, (0, 0, 0, 0, 2, 78, 1, 1)),
        (Point.DISK_IO_FINISH, (0, 0, 0, 0, 2, 78, 1, 1)),
    ]


def test_polls_of_a_busy_disk_are_handed_over_until_its_status_changes_or_a_register_is_written(
    disk: Disk, bench: Bench
) -> None:
    core = bench.ports.core = Answers()
    disk.command(READ, 1000)
    assert not core.ports
    busy = disk.status()
    assert core.ports == {STATUS: (1, busy, 0)}
    bench.outb(DEVICE, 0xF0)
    assert not core.ports
    assert not disk.status()
    assert not core.ports
    bench.outb(DEVICE, 0xE0)
    assert disk.status() == busy
    assert core.ports
    bench.advance(SERVICE_NS)
    assert not core.ports
    assert disk.status() & DRQ
    assert not core.ports


def test_an_image_that_cannot_be_read_is_an_uncorrectable_error(disk: Disk, bench: Bench) -> None:
    disk.image.base = BrokenContents(b"")
    disk.command(READ, 5)
    bench.advance(SERVICE_NS)
    assert disk.status() & (BSY | DRQ | ERR) == ERR
    assert bench.inb(ERROR) == UNC
    disk.command(WRITE, 5)
    for _ in range(SECTOR // 2):
        bench.ports.write(DATA, 2, 0)
    bench.advance(SERVICE_NS)
    assert (disk.status() & (BSY | DRQ | ERR), bench.inb(ERROR)) == (ERR, ABRT)
    assert [point for point, _ in bench.fired] == [Point.DISK_IO_START, Point.DISK_IO_FINISH] * 2
