# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio console device (VIRTIO 1.2, 5.3)."""

from __future__ import annotations

import pytest

from engine.machine.config import MachineConfig
from engine.machine.devices.virtio.console import VirtioConsole
from engine.machine.machine import Machine
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.virtio.driver import Driver

RECEIVE, TRANSMIT = 0, 1
OUT, IN = 0x8000, 0x9000


@pytest.fixture
def driver(bench: Bench) -> Driver:
    driver = Driver(bench, VirtioConsole(bench.windows, bench.memory, Wire()))
    driver.start()
    return driver


def console(driver: Driver) -> VirtioConsole:
    assert isinstance(driver.device, VirtioConsole)
    return driver.device


def say(driver: Driver, text: bytes) -> None:
    driver.memory.write(OUT, text)
    driver.offer(TRANSMIT, (OUT, len(text), False))


def test_output(driver: Driver) -> None:
    assert not console(driver).in_use
    say(driver, b"hello")
    assert driver.take(TRANSMIT) == (0, 0)
    assert console(driver).take_output() == b"hello"
    assert console(driver).take_output() == b""
    assert console(driver).in_use


def test_input_waits_for_buffers(driver: Driver) -> None:
    console(driver).type(b"ls -l\n")
    assert driver.take(RECEIVE) is None
    driver.offer(RECEIVE, (IN, 4, True))
    assert driver.take(RECEIVE) == (0, 4)
    assert driver.memory.read(IN, 4) == b"ls -"
    driver.offer(RECEIVE, (IN, 4, True))
    assert driver.take(RECEIVE) == (1, 2)
    driver.offer(RECEIVE, (IN, 4, True))
    console(driver).type(b"q")
    assert driver.take(RECEIVE) == (2, 1)


def test_size(driver: Driver) -> None:
    assert (driver.config(0, 2), driver.config(2, 2), driver.config(4, 4)) == (80, 25, 1)


def test_the_machine_types_where_the_guest_writes() -> None:
    with Machine(None, MachineConfig(ram_bytes=1 << 20, virtio=True)) as machine:
        device = machine.motherboard.virtio_console
        assert device is not None
        driver = Driver(machine, device)
        driver.start()
        driver.offer(RECEIVE, (IN, 4, True))
        machine.type(b"a")
        assert driver.take(RECEIVE) is None  # for the serial port
        say(driver, b"login: ")
        machine.type(b"b")
        assert driver.take(RECEIVE) == (0, 1)
        assert machine.take_console() == b"login: "
        device.reset()
        assert not device.in_use
