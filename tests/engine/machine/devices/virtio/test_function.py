# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI configuration of a virtio device (VIRTIO 1.2, 4.1.2 and 4.1.4)."""

from __future__ import annotations

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.virtio.driver import ACKNOWLEDGE, DRIVER, INDIRECT_DESC, VERSION_1, Driver
from tests.engine.machine.devices.virtio.test_device import Entropy, started


@pytest.fixture
def entropy(bench: Bench) -> Entropy:
    return Entropy(bench)


@pytest.fixture
def driver(entropy: Entropy) -> Driver:
    return started(entropy)


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
