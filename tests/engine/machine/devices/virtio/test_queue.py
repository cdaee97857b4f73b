# SPDX-License-Identifier: GPL-2.0-or-later
"""Split virtqueues (VIRTIO 1.2, 2.7), tried on the entropy device."""

from __future__ import annotations

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.virtio.driver import ENTRIES, INDIRECT, NEEDS_RESET, NEXT, WRITE, Driver
from tests.engine.machine.devices.virtio.test_device import BUFFER, Entropy, started


@pytest.fixture
def entropy(bench: Bench) -> Entropy:
    return Entropy(bench)


@pytest.fixture
def driver(entropy: Entropy) -> Driver:
    return started(entropy)


def test_queues_wrap(driver: Driver) -> None:
    for _ in range(5 * ENTRIES):
        head = driver.offer(0, (BUFFER, 4, True))
        assert driver.take(0) == (head, 4)


def test_an_indirect_table(driver: Driver) -> None:
    table = 0x9000
    driver.describe(table, 0, BUFFER, 8, WRITE | NEXT, 2)
    driver.describe(table, 2, BUFFER + 64, 8, WRITE)
    driver.describe(driver.place(0, 0), 0, table, 48, INDIRECT)
    driver.make_available(0, 0)
    assert driver.take(0) == (0, 16)


BROKEN: dict[str, list[tuple[int, tuple[int, int, int, int] | None]]] = {
    "a descriptor that is not there": [(ENTRIES + 9, None)],
    "a loop": [(0, (BUFFER, 4, WRITE | NEXT, 0))],
    "a readable descriptor behind a writable one": [(0, (BUFFER, 4, WRITE | NEXT, 1)), (1, (BUFFER, 4, 0, 0))],
    "an indirect table with a successor": [(0, (BUFFER, 16, INDIRECT | NEXT, 1))],
    "an indirect table of odd size": [(0, (BUFFER, 17, INDIRECT, 0))],
    "an empty indirect table": [(0, (BUFFER, 0, INDIRECT, 0))],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_request_needs_a_reset(driver: Driver, entropy: Entropy, name: str) -> None:
    descriptors = BROKEN[name]
    for number, fields in descriptors:
        if fields is not None:
            driver.describe(driver.place(0, 0), number, *fields)
    driver.make_available(0, descriptors[0][0])
    assert driver.status & NEEDS_RESET
    assert entropy.irq.level
    assert driver.isr() == 2
    driver.offer(0, (BUFFER, 4, True))
    assert driver.take(0) is None
    driver.start()
    driver.offer(0, (BUFFER, 4, True))
    assert driver.take(0) == (0, 4)
