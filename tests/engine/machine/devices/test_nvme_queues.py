# SPDX-License-Identifier: GPL-2.0-or-later
"""Submission and completion queues (NVM Express Base Specification 1.4, 4.1 and 4.6)."""

from __future__ import annotations

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.nvme_driver import DELETE_CQ, DELETE_SQ, FLUSH, IO_CQ, Driver
from tests.engine.machine.devices.test_nvme import Card, started


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


@pytest.fixture
def driver(card: Card) -> Driver:
    return started(card)


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


def test_a_deleted_queue_takes_no_commands(driver: Driver) -> None:
    driver.submit(0, DELETE_SQ, words=(1,))
    driver.submit(0, DELETE_CQ, words=(1,))
    assert [driver.take(0)[1] for _ in range(2)] == [0, 0]
    driver.submit(1, FLUSH)
    assert driver.memory.read(IO_CQ, 16) == bytes(16)
