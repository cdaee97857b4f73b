# SPDX-License-Identifier: GPL-2.0-or-later
"""The NVMe controller, against NVM Express Base Specification 1.4."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from engine.core.points import Point
from engine.machine import snapshot
from engine.machine.config import MachineConfig
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.nvme import Nvme
from engine.machine.machine import Machine
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.broken_contents import BrokenContents
from tests.engine.machine.devices.nvme_driver import (
    BUFFER,
    CAP,
    CC,
    CSTS,
    ENABLE,
    FLUSH,
    IDENTIFY,
    INTMC,
    INTMS,
    IO_CQ,
    READ,
    VS,
    WRITE,
    Driver,
)

SERVICE_NS = 100_000
CONTENT = b"".join(struct.pack("<Q", number) * 64 for number in range(1000))
"""1,000 sectors, each full of its number."""


class Steady:
    """A disk that does two requests at a time, each in a tenth of a millisecond."""

    ways = 2

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        return SERVICE_NS


class Card:
    """The controller on a bench, with its driver."""

    def __init__(self, bench: Bench) -> None:
        self.irq = Wire()
        self.image = DiskImage(CONTENT)
        self.model = Nvme(
            bench.windows, bench.clock, bench.memory, self.irq, self.image, Steady(), bench.fire, Identities()
        )
        self.driver = Driver(bench, self.model.configuration)


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


def started(card: Card) -> Driver:
    """The driver, with its queues made."""
    card.driver.enable()
    card.driver.make_queues()
    return card.driver


@pytest.fixture
def driver(card: Card) -> Driver:
    return started(card)


def sectors(*numbers: int) -> bytes:
    return b"".join(struct.pack("<Q", number) * 64 for number in numbers)


def test_registers_after_reset(card: Card) -> None:
    driver = card.driver
    capabilities = driver.get(CAP, 8)
    assert capabilities & 0xFFFF == 255
    assert capabilities >> 16 & 1
    assert capabilities >> 32 & 0xF == 0  # doorbells four bytes apart
    assert capabilities >> 37 & 1
    assert capabilities >> 48 & 0xFF == 0  # pages of 4 KiB only
    assert driver.get(VS) == 0x00010400
    assert (driver.get(CC), driver.get(CSTS)) == (0, 0)
    assert driver.get(0x3000) == 0
    assert card.model.configuration.read(0x08, 4) >> 8 == 0x010802


def test_enable_disable_and_shutdown(card: Card) -> None:
    card.driver.enable()
    assert card.driver.get(CSTS) == 1
    card.driver.set(CC, ENABLE | 0x4000)
    assert card.driver.get(CSTS) == 1 | 8
    card.driver.set(CC, 0)
    assert card.driver.get(CSTS) == 0


def test_pages_of_another_size_are_fatal(card: Card) -> None:
    card.driver.set(CC, ENABLE | 0x80)
    assert card.driver.get(CSTS) == 2


def test_probe_points_have_all_arguments_and_requests_overlap(driver: Driver, bench: Bench) -> None:
    driver.transfer(READ, 5, 2, BUFFER + 0x400)
    driver.transfer(WRITE, 8, 16, BUFFER, BUFFER + 0x1000)
    driver.transfer(READ, 9, 1)
    assert bench.fired == [
        (Point.DISK_IO_START, (1, 0, 0, 1, 1, 5, 2, 1)),
        (Point.DISK_IO_START, (1, 0, 0, 0, 2, 8, 16, 2)),
        (Point.DISK_IO_START, (1, 0, 0, 1, 3, 9, 1, 1)),
    ]
    bench.fired.clear()
    bench.advance(SERVICE_NS)
    assert bench.fired == [
        (Point.DISK_IO_FINISH, (1, 0, 0, 1, 1, 5, 2, 1)),
        (Point.DISK_IO_FINISH, (1, 0, 0, 0, 2, 8, 16, 2)),
    ]
    bench.advance(SERVICE_NS)
    assert bench.fired[2:] == [(Point.DISK_IO_FINISH, (1, 0, 0, 1, 3, 9, 1, 1))]


def test_interrupts_are_masked_and_queues_may_have_none(card: Card) -> None:
    card.driver.enable()
    card.driver.make_queues(interrupts=0)
    card.driver.submit(1, FLUSH)
    assert card.driver.completed()
    assert not card.irq.level
    card.driver.submit(0, IDENTIFY, prp1=BUFFER, words=(1,))
    assert card.irq.level
    card.driver.set(INTMS, 1)
    assert not card.irq.level
    assert card.driver.get(INTMC) == 1
    card.driver.set(INTMC, 1)
    assert card.irq.level
    card.driver.take(0)
    assert not card.irq.level


def test_a_reset_forgets_requests_under_way(driver: Driver, card: Card, bench: Bench) -> None:
    driver.transfer(READ, 0, 1)
    driver.set(CC, 0)
    bench.advance(10 * SERVICE_NS)
    assert bench.memory.read(BUFFER, 512) == bytes(512)
    assert not card.irq.level
    assert [point for point, _ in bench.fired] == [Point.DISK_IO_START]
    driver.set(CC, ENABLE)
    assert driver.get(CSTS) == 1


def test_without_bus_mastering_nothing_is_fetched(card: Card) -> None:
    card.driver.enable()
    card.model.configuration.write(4, 2, 2)
    card.driver.submit(0, IDENTIFY, prp1=BUFFER, words=(1,))
    assert not card.driver.completed(0)


def test_a_snapshot_holds_requests_under_way(tmp_path: Path) -> None:
    path = tmp_path / "nvme.snapshot"
    config = MachineConfig(ram_bytes=1 << 20, disk_bus="nvme", disk_model="nvme")
    with Machine(CONTENT, config) as machine:
        driver = Driver(machine, nvme_of(machine).configuration)
        driver.enable()
        driver.make_queues()
        driver.transfer(READ, 5, 2)
        snapshot.save(machine, path)
        machine.run_seconds(0.001)
        expected = machine.memory.read(BUFFER, 1024), machine.memory.read(IO_CQ, 16)
    assert expected[0] == sectors(5, 6)
    with snapshot.restore(path, CONTENT) as restored:
        assert restored.memory.read(BUFFER, 1024) == bytes(1024)
        restored.run_seconds(0.001)
        assert (restored.memory.read(BUFFER, 1024), restored.memory.read(IO_CQ, 16)) == expected


def nvme_of(machine: Machine) -> Nvme:
    return next(device for device in machine.motherboard.devices if isinstance(device, Nvme))


def test_an_image_that_fails(card: Card, bench: Bench) -> None:
    driver = started(card)
    card.image.base = BrokenContents(b"")
    for opcode, status in ((READ, 0x281), (WRITE, 0x280)):
        driver.transfer(opcode, 3, 1)
        bench.advance(SERVICE_NS)
        assert driver.take()[1] == status
