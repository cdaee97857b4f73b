# SPDX-License-Identifier: GPL-2.0-or-later
"""The odd ports of the system board."""

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


def test_wide_accesses_next_to_the_reset_register_choose_configuration(machine: Machine) -> None:
    machine.access.port_out(0, 0xCF8, 4, 0x80000000)
    assert machine.access.port_in(0, 0xCFC, 4) == 0x12378086  # 82441FX
    assert machine.access.port_in(0, 0xCF8, 4) == 0x80000000
    assert machine.reboots == 0


def test_port_b_shows_timer_2_and_refresh(machine: Machine) -> None:
    first, second = machine.ports.read(0x61, 1), machine.ports.read(0x61, 1)
    assert first ^ second == 0x10  # the refresh request toggles
    machine.ports.write(0x61, 1, 0x03)
    assert machine.ports.read(0x61, 1) & 0x0F == 0x03


def test_the_post_code_is_kept(machine: Machine) -> None:
    machine.ports.write(0x80, 1, 0x5A)
    assert (machine.motherboard.system_ports.post_code, machine.ports.read(0x80, 1), machine.ports.read(0x92, 1)) == (
        0x5A,
        0x5A,
        0x02,
    )
