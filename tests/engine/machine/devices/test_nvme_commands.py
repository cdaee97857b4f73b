# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of an NVMe disk (NVM Express Base Specification 1.4, chapters 5 and 6)."""

from __future__ import annotations

import struct

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.nvme_driver import (
    ABORT,
    BUFFER,
    CREATE_CQ,
    CREATE_SQ,
    DELETE_CQ,
    DELETE_SQ,
    EVENT,
    FLUSH,
    GET_FEATURES,
    GET_LOG,
    IDENTIFY,
    LIST,
    READ,
    SET_FEATURES,
    WRITE,
    WRITE_ZEROES,
    Driver,
)
from tests.engine.machine.devices.test_nvme import SERVICE_NS, Card, sectors, started


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


@pytest.fixture
def driver(card: Card) -> Driver:
    return started(card)


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
