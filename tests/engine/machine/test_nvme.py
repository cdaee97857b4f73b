# SPDX-License-Identifier: GPL-2.0-or-later
"""The NVMe controller, against NVM Express Base Specification 1.4."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from engine.core.points import Point
from engine.machine import snapshot
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.nvme import Nvme
from engine.machine.machine import Machine, MachineConfig
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.nvme_driver import (
    ABORT,
    BUFFER,
    CAP,
    CC,
    CREATE_CQ,
    CREATE_SQ,
    CSTS,
    DELETE_CQ,
    DELETE_SQ,
    ENABLE,
    EVENT,
    FLUSH,
    GET_FEATURES,
    GET_LOG,
    IDENTIFY,
    INTMC,
    INTMS,
    IO_CQ,
    LIST,
    READ,
    SET_FEATURES,
    VS,
    WRITE,
    WRITE_ZEROES,
    Driver,
)  # fmt: skip

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


@pytest.fixture
def driver(card: Card) -> Driver:
    card.driver.enable()
    card.driver.make_queues()
    return card.driver


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


def test_identify(driver: Driver) -> None:
    driver.submit(0, IDENTIFY, prp1=BUFFER, words=(1,))
    assert driver.take(0)[1] == 0
    data = driver.memory.read(BUFFER, 4096)
    assert data[24:64].decode().rstrip() == "VPTOP NVMe disk"
    assert (data[77], data[512], data[513]) == (5, 0x66, 0x44)
    assert struct.unpack_from("<I", data, 516) == (1,)
    driver.submit(0, IDENTIFY, prp1=BUFFER, words=(0,))
    assert driver.take(0)[1] == 0
    data = driver.memory.read(BUFFER, 4096)
    assert struct.unpack_from("<QQQ", data) == (1000, 1000, 1000)
    assert data[130] == 9
    driver.submit(0, IDENTIFY, namespace=0, prp1=BUFFER, words=(2,))
    assert (driver.take(0)[1], driver.memory.read(BUFFER, 8)) == (0, struct.pack("<II", 1, 0))
    driver.submit(0, IDENTIFY, prp1=BUFFER, words=(3,))
    assert (driver.take(0)[1], driver.memory.read(BUFFER, 2)) == (0, b"\x01\x08")


@pytest.mark.parametrize(
    ("opcode", "fields", "status"),
    [
        (0x7F, {}, 0x001),
        (IDENTIFY, {"words": (9,)}, 0x002),
        (IDENTIFY, {"words": (0,), "namespace": 2}, 0x00B),
        (IDENTIFY, {"words": (1,), "prp1": 2}, 0x013),
        (CREATE_CQ, {"words": (7 << 16 | 1, 1)}, 0x101),  # there is one
        (CREATE_CQ, {"words": (7 << 16 | 99, 1)}, 0x101),
        (CREATE_CQ, {"words": (999 << 16 | 2, 1)}, 0x102),
        (CREATE_CQ, {"words": (7 << 16 | 2, 0)}, 0x002),
        (CREATE_CQ, {"words": (7 << 16 | 2, 1 << 16 | 1)}, 0x108),
        (CREATE_CQ, {"words": (7 << 16 | 2, 1), "prp1": 8}, 0x013),
        (CREATE_SQ, {"words": (7 << 16 | 2, 9 << 16 | 1)}, 0x100),
        (DELETE_SQ, {"words": (5,)}, 0x101),
        (DELETE_CQ, {"words": (1,)}, 0x101),  # in use
        (DELETE_CQ, {"words": (0,)}, 0x101),
        (GET_LOG, {"words": (0x7F << 16 | 0x70,)}, 0x109),
        (GET_FEATURES, {"words": (0x55,)}, 0x002),
        (SET_FEATURES, {"words": (1 << 31 | 6,)}, 0x002),
    ],
)
def test_admin_commands_fail_with_the_status_of_the_specification(
    driver: Driver, opcode: int, fields: dict[str, tuple[int, ...]], status: int
) -> None:
    driver.submit(0, opcode, **fields)  # type: ignore[arg-type]
    assert driver.take(0)[1] == status


def test_features_and_logs(driver: Driver) -> None:
    driver.submit(0, SET_FEATURES, words=(7, 0x00FF00FF))
    assert driver.take(0)[1:] == (0, 15 << 16 | 15)
    driver.submit(0, SET_FEATURES, words=(0xB, 0x100))
    driver.submit(0, GET_FEATURES, words=(0xB,))
    assert [driver.take(0)[1:] for _ in range(2)] == [(0, 0), (0, 0x100)]
    driver.submit(0, GET_LOG, prp1=BUFFER, words=(0x7F << 16 | 2,))
    assert driver.take(0)[1] == 0
    assert struct.unpack_from("<BHB", driver.memory.read(BUFFER, 4)) == (0, 293, 100)
    driver.submit(0, ABORT, words=(1,))
    assert driver.take(0)[1:] == (0, 1)


def test_asynchronous_event_requests_stay_outstanding(driver: Driver) -> None:
    for _ in range(4):
        driver.submit(0, EVENT)
    assert not driver.completed(0)
    driver.submit(0, EVENT)
    assert driver.take(0)[1] == 0x105


def test_reading_into_one_page_and_two(driver: Driver, bench: Bench, card: Card) -> None:
    identifier = driver.transfer(READ, 5, 2, BUFFER + 0x400)
    assert not driver.completed()
    bench.advance(SERVICE_NS)
    assert card.irq.level
    assert driver.take() == (identifier, 0, 0)
    assert not card.irq.level
    assert driver.memory.read(BUFFER + 0x400, 1024) == sectors(5, 6)
    driver.transfer(READ, 10, 9, BUFFER + 0xE00, BUFFER + 0x3000)
    bench.advance(SERVICE_NS)
    assert driver.take()[1] == 0
    assert driver.memory.read(BUFFER + 0xE00, 512) == sectors(10)
    assert driver.memory.read(BUFFER + 0x3000, 4096) == sectors(*range(11, 19))


def test_a_list_of_pages_goes_on_in_its_last_entry(driver: Driver, bench: Bench) -> None:
    """4.3: the last entry of a page of the list leads to the next one, unless it is the last of all."""
    pages = [BUFFER + 0x2000 * n for n in range(4)]
    driver.memory.write(LIST + 0xFF0, struct.pack("<QQ", pages[1], LIST + 0x1000))
    driver.memory.write(LIST + 0x1000, struct.pack("<QQ", pages[2], pages[3]))
    driver.transfer(READ, 0, 32, pages[0], LIST + 0xFF0)
    bench.advance(SERVICE_NS)
    assert driver.take()[1] == 0
    for number, page in enumerate(pages):
        assert driver.memory.read(page, 4096) == sectors(*range(8 * number, 8 * number + 8))
    driver.memory.write(LIST + 0xFF0, struct.pack("<QQ", pages[1], pages[2]))
    driver.transfer(READ, 100, 24, pages[0], LIST + 0xFF0)
    bench.advance(SERVICE_NS)
    assert driver.take()[1] == 0
    assert driver.memory.read(pages[2], 512) == sectors(116)


def test_writing_zeroing_and_flushing(driver: Driver, bench: Bench, card: Card) -> None:
    driver.memory.write(BUFFER, sectors(77, 78))
    driver.transfer(WRITE, 20, 2)
    bench.advance(SERVICE_NS)
    driver.transfer(WRITE_ZEROES, 30, 3)
    bench.advance(SERVICE_NS)
    driver.submit(1, FLUSH)
    assert [driver.take()[1] for _ in range(3)] == [0, 0, 0]
    assert card.image.read(19, 4) == sectors(19, 77, 78, 22)
    assert card.image.read(29, 5) == sectors(29, 0, 0, 0, 33)


@pytest.mark.parametrize(
    ("opcode", "first", "count", "fields", "status"),
    [
        (READ, 999, 2, {}, 0x080),
        (READ, 1 << 40, 1, {}, 0x080),
        (WRITE, 0, 257, {}, 0x002),
        (READ, 0, 1, {"prp1": BUFFER + 1}, 0x013),
        (READ, 0, 16, {"prp2": BUFFER + 4}, 0x013),
        (0x55, 0, 1, {}, 0x001),
    ],
)
def test_transfers_fail_with_the_status_of_the_specification(
    driver: Driver, opcode: int, first: int, count: int, fields: dict[str, int], status: int
) -> None:
    driver.transfer(opcode, first, count, **fields)
    assert driver.take()[1] == status


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


def test_a_full_completion_queue_waits_for_its_driver(driver: Driver, bench: Bench) -> None:
    for _ in range(7):
        driver.submit(1, FLUSH)
    wanted = driver.submit(1, FLUSH)
    for _ in range(7):
        driver.take(ring=False)
    assert not driver.completed()
    driver.ring()
    assert driver.take()[0] == wanted
    for _ in range(20):  # the phase changes at each wrap
        driver.submit(1, FLUSH)
        assert driver.take()[1] == 0


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


def test_a_deleted_queue_takes_no_commands(driver: Driver) -> None:
    driver.submit(0, DELETE_SQ, words=(1,))
    driver.submit(0, DELETE_CQ, words=(1,))
    assert [driver.take(0)[1] for _ in range(2)] == [0, 0]
    driver.submit(1, FLUSH)
    assert driver.memory.read(IO_CQ, 16) == bytes(16)


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
    return next(device for device in machine.devices if isinstance(device, Nvme))
