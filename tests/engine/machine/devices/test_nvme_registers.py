# SPDX-License-Identifier: GPL-2.0-or-later
"""What the controller says of itself (NVM Express Base Specification 1.4, 5.15.2)."""

from __future__ import annotations

import struct

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.nvme_driver import BUFFER, IDENTIFY, Driver
from tests.engine.machine.devices.test_nvme import Card, started


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


@pytest.fixture
def driver(card: Card) -> Driver:
    return started(card)


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
