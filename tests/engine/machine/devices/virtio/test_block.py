# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio block device (VIRTIO 1.2, 5.2)."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from engine.core.points import Point
from engine.machine import snapshot
from engine.machine.config import MachineConfig
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.virtio.block import VirtioBlock
from engine.machine.machine import Machine
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.broken_contents import BrokenContents
from tests.engine.machine.devices.test_nvme import CONTENT, SERVICE_NS, Steady, sectors
from tests.engine.machine.devices.virtio.driver import VERSION_1, Driver

IN, OUT, FLUSH, GET_ID = 0, 1, 4, 8
HEADER, DATA, STATUS = 0x8000, 0x9000, 0xA000


class Disk:
    """The device on a bench, with its driver."""

    def __init__(self, bench: Bench) -> None:
        self.irq = Wire()
        self.image = DiskImage(CONTENT)
        self.model = VirtioBlock(
            bench.windows, bench.clock, bench.memory, self.irq, self.image, Steady(), bench.fire, Identities()
        )
        self.driver = Driver(bench, self.model)
        self.driver.start(VERSION_1 | 1 << 2 | 1 << 6 | 1 << 9)


@pytest.fixture
def disk(bench: Bench) -> Disk:
    return Disk(bench)


def request(driver: Driver, kind: int, sector: int, size: int, number: int = 0) -> int:
    """A request with its header, data and status in buffers of their own."""
    driver.memory.write(HEADER + 16 * number, struct.pack("<IIQ", kind, 0, sector))
    driver.memory.write(STATUS + number, b"\x55")
    data = [(DATA + 0x400 * number, size, kind in (IN, GET_ID))] if size else []
    return driver.offer(0, (HEADER + 16 * number, 16, False), *data, (STATUS + number, 1, True))


def test_configuration(disk: Disk) -> None:
    assert disk.driver.config(0, 8) == 1000
    assert disk.driver.config(12, 4) == 126
    assert disk.driver.config(20, 4) == 512


def test_reading(disk: Disk, bench: Bench) -> None:
    head = request(disk.driver, IN, 5, 1024)
    assert disk.driver.take(0) is None
    bench.advance(SERVICE_NS)
    assert disk.driver.take(0) == (head, 1025)
    assert bench.memory.read(DATA, 1024) == sectors(5, 6)
    assert bench.memory.read(STATUS, 1) == b"\0"
    assert disk.irq.level


def test_writing_and_flushing(disk: Disk, bench: Bench) -> None:
    bench.memory.write(DATA, sectors(77))
    request(disk.driver, OUT, 9, 512)
    bench.advance(SERVICE_NS)
    assert disk.driver.take(0) == (0, 1)
    assert disk.image.read(8, 3) == sectors(8, 77, 10)
    request(disk.driver, FLUSH, 0, 0)
    assert disk.driver.take(0) == (3, 1)
    assert bench.memory.read(STATUS, 1) == b"\0"


def test_framing_is_the_driver_s_choice(disk: Disk, bench: Bench) -> None:
    """2.7.4.1: a header in two pieces, data and status in one buffer."""
    bench.memory.write(HEADER, struct.pack("<IIQ", IN, 0, 3))
    head = disk.driver.offer(0, (HEADER, 4, False), (HEADER + 4, 12, False), (DATA, 513, True))
    bench.advance(SERVICE_NS)
    assert disk.driver.take(0) == (head, 513)
    assert bench.memory.read(DATA, 513) == sectors(3) + b"\0"


@pytest.mark.parametrize(
    ("kind", "sector", "size", "status"),
    [(IN, 999, 1024, 1), (OUT, 1000, 512, 1), (IN, 0, 100, 1), (IN, 0, 0, 1), (77, 0, 0, 2)],
)
def test_what_cannot_be_done_fails(disk: Disk, bench: Bench, kind: int, sector: int, size: int, status: int) -> None:
    request(disk.driver, kind, sector, size)
    assert disk.driver.take(0) == (0, 1)
    assert bench.memory.read(STATUS, 1) == bytes([status])


def test_the_serial_number(disk: Disk, bench: Bench) -> None:
    request(disk.driver, GET_ID, 0, 20)
    assert disk.driver.take(0) == (0, 21)
    assert bench.memory.read(DATA, 20) == b"VP0001".ljust(20, b"\0")


def test_probe_points_have_all_arguments_and_requests_overlap(disk: Disk, bench: Bench) -> None:
    request(disk.driver, IN, 5, 1024)
    request(disk.driver, OUT, 8, 512, number=1)
    assert bench.fired == [
        (Point.DISK_IO_START, (2, 0, 0, 1, 1, 5, 2, 1)),
        (Point.DISK_IO_START, (2, 0, 0, 0, 2, 8, 1, 1)),
    ]
    bench.fired.clear()
    bench.advance(SERVICE_NS)
    assert bench.fired == [
        (Point.DISK_IO_FINISH, (2, 0, 0, 1, 1, 5, 2, 1)),
        (Point.DISK_IO_FINISH, (2, 0, 0, 0, 2, 8, 1, 1)),
    ]
    assert disk.driver.take(0) is not None
    assert disk.driver.take(0) is not None


def test_a_reset_forgets_requests_under_way(disk: Disk, bench: Bench) -> None:
    request(disk.driver, IN, 5, 1024)
    disk.driver.set(0x14, 1, 0)
    bench.advance(10 * SERVICE_NS)
    assert bench.memory.read(DATA, 512) == bytes(512)
    assert [point for point, _ in bench.fired] == [Point.DISK_IO_START]


def test_a_snapshot_holds_requests_under_way(tmp_path: Path) -> None:
    path = tmp_path / "virtio.snapshot"
    config = MachineConfig(ram_bytes=1 << 20, disk_bus="virtio", disk_model="ssd", net="virtio", virtio=True)
    with Machine(CONTENT, config) as machine:
        block = next(device for device in machine.motherboard.devices if isinstance(device, VirtioBlock))
        driver = Driver(machine, block)
        driver.start()
        request(driver, IN, 5, 1024)
        snapshot.save(machine, path)
        machine.run_seconds(0.001)
        assert machine.memory.read(DATA, 1024) == sectors(5, 6)
    with snapshot.restore(path, CONTENT) as restored:
        assert restored.memory.read(DATA, 1024) == bytes(1024)
        restored.run_seconds(0.001)
        assert restored.memory.read(DATA, 1024) == sectors(5, 6)


@pytest.mark.parametrize("kind", [IN, OUT])
def test_an_image_that_fails(disk: Disk, bench: Bench, kind: int) -> None:
    disk.image.base = BrokenContents(b"")
    request(disk.driver, kind, 5, 512)
    bench.advance(SERVICE_NS)
    assert disk.driver.take(0) == (0, 1)
    assert bench.memory.read(STATUS, 1) == bytes([1])
