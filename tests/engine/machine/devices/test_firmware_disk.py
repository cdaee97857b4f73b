# SPDX-License-Identifier: GPL-2.0-or-later
"""The BIOS's ports to a disk that is not on IDE, and what int 0x13 makes of them."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from engine.core.points import Point
from engine.machine.choices import DiskBus
from engine.machine.config import MachineConfig
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.disk_queue import Adapter, DiskQueue
from engine.machine.devices.firmware_disk import FirmwareDisk
from engine.machine.machine import Machine
from tests.engine.machine.bench import Answers, Bench
from tests.engine.machine.devices.broken_contents import BrokenContents
from tests.engine.machine.devices.test_nvme import CONTENT, SERVICE_NS, Steady, sectors
from tests.engine.machine.real_mode_guest import RESULTS, boot_sector, words
from tests.engine.machine.test_bios_disk import PACKET

ADDRESS, FIRST, CONTROL = 0x5A0, 0x5A4, 0x5A8
DONE, BUSY, FAILED = range(3)
WRITE = 1 << 31


class Ports:
    """The ports on a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.image = DiskImage(CONTENT)
        queue = DiskQueue(bench.clock, self.image, Steady(), bench.fire, Adapter.NVME, Identities(), Counter())
        self.model = FirmwareDisk(bench.ports, bench.memory, queue)

    def move(self, first: int, control: int, address: int = 0x4000) -> int:
        for port, value in ((ADDRESS, address), (FIRST, first), (CONTROL, control)):
            self.bench.outl(port, value)
        return self.bench.inl(CONTROL)


@pytest.fixture
def ports(bench: Bench) -> Ports:
    return Ports(bench)


def test_the_size_of_the_disk(ports: Ports, bench: Bench) -> None:
    assert bench.inl(FIRST) == 1000


def test_reading_takes_the_disk_s_time(ports: Ports, bench: Bench) -> None:
    assert ports.move(5, 2) == BUSY
    bench.advance(SERVICE_NS - 1)
    assert bench.inl(CONTROL) == BUSY
    bench.advance(1)
    assert bench.inl(CONTROL) == DONE
    assert bench.memory.read(0x4000, 2 * SECTOR) == sectors(5, 6)
    assert bench.fired == [
        (Point.DISK_IO_START, (1, 0, 0, 1, 1, 5, 2, 1)),
        (Point.DISK_IO_FINISH, (1, 0, 0, 1, 1, 5, 2, 1)),
    ]


def test_polls_of_a_busy_disk_are_answered_without_it(ports: Ports, bench: Bench) -> None:
    core = bench.ports.core = Answers()
    ports.move(5, 2)
    assert core.ports == {CONTROL: (4, BUSY, 0)}
    bench.advance(SERVICE_NS)
    assert not core.ports


def test_writing(ports: Ports, bench: Bench) -> None:
    bench.memory.write(0x4000, sectors(77))
    ports.move(9, 1 | WRITE)
    bench.advance(SERVICE_NS)
    assert bench.inl(CONTROL) == DONE
    assert ports.image.read(8, 3) == sectors(8, 77, 10)


def test_what_cannot_be_done_fails(ports: Ports, bench: Bench) -> None:
    assert ports.move(999, 2) == FAILED
    assert ports.move(0, 0) == FAILED
    ports.image.base = BrokenContents(b"")
    for control in (1, 1 | WRITE):
        assert ports.move(5, control) == BUSY
        bench.advance(SERVICE_NS)
        assert bench.inl(CONTROL) == FAILED
    ports.model.reset()
    assert bench.inl(CONTROL) == DONE


@pytest.mark.parametrize("bus", ["nvme", "virtio"])
def test_the_bios_reads_and_writes(bus: DiskBus) -> None:
    numbered = b"".join(struct.pack("<I", n) * (SECTOR // 4) for n in range(1, 200))
    read, write = (
        PACKET.format(code=code, results=RESULTS, count=3, first=first) for code, first in ((0x42, 100), (0x43, 150))
    )
    copy = boot_sector(
        read.replace("9:  hlt\n    jmp 9b\n", "    jmp second\n").replace("packet", "one") + "second:" + write
    )
    config = MachineConfig(disk_bus=bus, disk_model="ssd", ram_bytes=1 << 20)
    with Machine(copy + numbered, config) as machine:
        machine.run_seconds(0.2)
        assert words(machine, 2)[1] == 0
        assert machine.image is not None
        assert machine.image.read(150, 3) == numbered[99 * SECTOR : 102 * SECTOR]
