# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio entropy device (VIRTIO 1.2, 5.4)."""

from __future__ import annotations

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.virtio.driver import Driver
from tests.engine.machine.devices.virtio.test_device import BUFFER, Entropy, started


@pytest.fixture
def entropy(bench: Bench) -> Entropy:
    return Entropy(bench)


@pytest.fixture
def driver(entropy: Entropy) -> Driver:
    return started(entropy)


def test_the_same_seed_gives_the_same_bytes(driver: Driver, bench: Bench) -> None:
    other_bench = Bench()
    other = Entropy(other_bench).driver
    other.start()
    for one in (driver, other):
        one.offer(0, (BUFFER, 64, True))
    assert bench.memory.read(BUFFER, 64) == other_bench.memory.read(BUFFER, 64)
