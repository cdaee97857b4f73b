# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine as a whole: power and reset."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.guest import bundled
from engine.machine.machine import Machine

BANNER = "tinyguest: 64-bit kernel"


@pytest.fixture
def machine() -> Iterator[Machine]:
    with Machine.with_disk(bundled.DISK_IMAGE) as machine:
        machine.run_seconds(0.5)
        assert BANNER in machine.take_console().decode()
        yield machine


def test_the_guest_switches_off_through_acpi(machine: Machine) -> None:
    machine.type(b"poweroff\r")
    machine.run_seconds(0.5)
    assert machine.powered_off
    assert "power: off" in machine.take_console().decode()
    counts, ran = machine.device_counts(), machine.counters()
    machine.run_seconds(5)
    assert machine.seconds == pytest.approx(6)
    assert machine.device_counts() == counts
    assert (machine.counters().blocks, machine.counters().interrupts) == (ran.blocks, ran.interrupts)
    assert machine.screen() == ()
    assert machine.reboots == 0


def test_the_power_button_switches_on_again(machine: Machine) -> None:
    machine.type(b"poweroff\r")
    machine.run_seconds(0.5)
    machine.take_console()
    machine.press_power()
    machine.run_seconds(0.5)
    assert not machine.powered_off
    assert BANNER in machine.take_console().decode()


def test_the_power_button_of_a_running_machine_is_for_the_guest(machine: Machine) -> None:
    machine.take_console()
    machine.press_power()
    assert not machine.powered_off
    machine.run_seconds(0.1)
    assert machine.take_console().decode().splitlines()[-2:] == ["power: button", "power: off"]
    assert machine.powered_off


@pytest.mark.parametrize(
    ("port", "value"),
    [
        (0xCF9, 0x06),  # reset control register of the PIIX3 (290550, 2.5.2)
        (0x92, 0x01),  # system control port A (PS/2)
        (0x64, 0xFE),  # 8042: pulse the reset line
    ],
)
def test_ways_to_reset(machine: Machine, port: int, value: int) -> None:
    machine.access.port_out(0, port, 1, value)
    machine.run_seconds(0.5)
    assert machine.reboots == 1
    assert BANNER in machine.take_console().decode()
