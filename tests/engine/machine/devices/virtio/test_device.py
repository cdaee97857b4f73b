# SPDX-License-Identifier: GPL-2.0-or-later
"""What virtio devices over PCI have in common (VIRTIO 1.2, 2, 3.1 and 4.1), tried on the entropy device."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.devices.virtio.entropy import VirtioEntropy
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.virtio.driver import DRIVER_OK, INDIRECT_DESC, VERSION_1, WINDOW, Driver

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


def started(entropy: Entropy) -> Driver:
    """The driver, with its queue made."""
    entropy.driver.start(VERSION_1 | INDIRECT_DESC)
    return entropy.driver


@pytest.fixture
def driver(entropy: Entropy) -> Driver:
    return started(entropy)


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


def test_a_reset_clears_everything(driver: Driver, entropy: Entropy) -> None:
    driver.offer(0, (BUFFER, 4, True))
    driver.set(0x14, 1, 0)
    assert not entropy.irq.level
    assert (driver.status, driver.isr(), driver.get(0x1C, 2), driver.get(0x20, 8)) == (0, 0, 0, 0)


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
