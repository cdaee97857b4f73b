# SPDX-License-Identifier: GPL-2.0-or-later
"""What virtio devices over PCI have in common (VIRTIO 1.2, 2, 3.1 and 4.1), tried on the entropy device."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.devices.virtio.entropy import VirtioEntropy
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.virtio_driver import (
    ACKNOWLEDGE,
    DRIVER,
    DRIVER_OK,
    ENTRIES,
    INDIRECT,
    INDIRECT_DESC,
    NEEDS_RESET,
    NEXT,
    VERSION_1,
    WINDOW,
    WRITE,
    Driver,
)  # fmt: skip

BUFFER = 0x8000


class Entropy:
    """The device on a bench, with its driver."""

    def __init__(self, bench: Bench) -> None:
        self.irq = Wire()
        self.model = VirtioEntropy(bench.windows, bench.memory, self.irq, seed=7)
        self.driver = Driver(bench, self.model)


@pytest.fixture
def entropy(bench: Bench) -> Entropy:
    return Entropy(bench)


@pytest.fixture
def driver(entropy: Entropy) -> Driver:
    entropy.driver.start(VERSION_1 | INDIRECT_DESC)
    return entropy.driver


def test_what_the_function_says(entropy: Entropy) -> None:
    configuration = entropy.model.configuration
    assert configuration.read(0x00, 4) == 0x1044 << 16 | 0x1AF4
    assert configuration.read(0x08, 1) == 1
    assert configuration.read(0x2C, 4) == 4 << 16 | 0x1AF4
    assert set(entropy.driver.places) == {1, 2, 3, 4, 5}
    assert entropy.driver.offered() == VERSION_1 | INDIRECT_DESC
    assert entropy.driver.get(0x12, 2) == 1
    assert entropy.driver.get(0x18, 2) == 128
    assert entropy.driver.get(0x10, 2) == 0xFFFF  # no vectors


@pytest.mark.parametrize(
    ("features", "accepted"), [(VERSION_1, True), (0, False), (VERSION_1 | 1, False), (VERSION_1 | 1 << 33, False)]
)
def test_features_are_negotiated(entropy: Entropy, features: int, accepted: bool) -> None:
    assert entropy.driver.negotiate(features) is accepted


def test_a_request_is_served_and_reported(driver: Driver, entropy: Entropy, bench: Bench) -> None:
    head = driver.offer(0, (BUFFER, 16, True), (BUFFER + 0x100, 8, True))
    assert driver.take(0) == (head, 24)
    data = bench.memory.read(BUFFER, 16) + bench.memory.read(BUFFER + 0x100, 8)
    assert len(set(data)) > 12
    assert entropy.irq.level
    assert driver.isr() == 1
    assert not entropy.irq.level
    assert driver.isr() == 0


def test_the_same_seed_gives_the_same_bytes(driver: Driver, bench: Bench) -> None:
    other_bench = Bench()
    other = Entropy(other_bench).driver
    other.start()
    for one in (driver, other):
        one.offer(0, (BUFFER, 64, True))
    assert bench.memory.read(BUFFER, 64) == other_bench.memory.read(BUFFER, 64)


def test_queues_wrap(driver: Driver) -> None:
    for _ in range(5 * ENTRIES):
        head = driver.offer(0, (BUFFER, 4, True))
        assert driver.take(0) == (head, 4)


def test_interrupts_are_suppressed(driver: Driver, entropy: Entropy) -> None:
    driver.suppress_interrupts(0)
    driver.offer(0, (BUFFER, 4, True))
    assert driver.take(0) is not None
    assert not entropy.irq.level


def test_requests_made_before_driver_ok_are_served_then(entropy: Entropy) -> None:
    driver = entropy.driver
    assert driver.negotiate(VERSION_1)
    driver.make_queue(0)
    driver.offer(0, (BUFFER, 4, True))
    assert driver.take(0) is None
    driver.set(0x14, 1, driver.status | DRIVER_OK)
    assert driver.take(0) == (0, 4)


def test_without_bus_mastering_nothing_moves(driver: Driver, entropy: Entropy) -> None:
    entropy.model.configuration.write(4, 2, 2)
    driver.offer(0, (BUFFER, 4, True))
    assert driver.take(0) is None


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


def test_a_reset_clears_everything(driver: Driver, entropy: Entropy) -> None:
    driver.offer(0, (BUFFER, 4, True))
    driver.set(0x14, 1, 0)
    assert not entropy.irq.level
    assert (driver.status, driver.isr(), driver.get(0x1C, 2), driver.get(0x20, 8)) == (0, 0, 0, 0)


def test_registers_are_reached_through_the_configuration(driver: Driver, entropy: Entropy) -> None:
    """4.1.4.9: a driver that cannot map the window, such as firmware."""
    configuration, at = entropy.model.configuration, driver.access
    configuration.write(at + 4, 1, 0)
    configuration.write(at + 8, 4, 0x14)
    configuration.write(at + 12, 4, 1)
    assert configuration.read(at + 16, 1) == driver.status
    configuration.write(at + 16, 1, 0)
    assert driver.status == 0
    configuration.write(at + 16, 1, ACKNOWLEDGE | DRIVER)
    assert driver.status == ACKNOWLEDGE | DRIVER
    configuration.write(at + 4, 1, 3)
    assert configuration.read(at + 16, 1) == 0


@given(st.lists(st.tuples(st.integers(0, 0x3FFF), st.sampled_from([1, 2, 4, 8]), st.integers(0, 1 << 64)), max_size=30))
def test_any_access_is_survived(accesses: list[tuple[int, int, int]]) -> None:
    bench = Bench()
    entropy = Entropy(bench)
    entropy.driver.start()
    for offset, size, value in accesses:
        bench.windows.write(WINDOW + offset, size, value & (1 << 8 * size) - 1)
        assert bench.windows.read(WINDOW + offset, size) < 1 << 8 * size


def test_the_common_structure_is_read_in_any_width(driver: Driver) -> None:
    assert driver.get(0x20, 4) == driver.place(0, 0)
    assert struct.pack("<Q", driver.get(0x20, 8)) == struct.pack("<II", driver.get(0x20, 4), driver.get(0x24, 4))
