# SPDX-License-Identifier: GPL-2.0-or-later
"""What all device models have in common."""

from __future__ import annotations

from engine.machine.devices.device import HIGH, LOW, Device
from engine.machine.machine import Machine


def test_a_device_counts_from_nothing() -> None:
    device = Device()
    device.counts["interrupts"] += 1
    device.reset()
    assert dict(device.counts) == {"interrupts": 1}
    assert HIGH
    assert not LOW


def test_devices_of_a_machine_have_names_of_their_own() -> None:
    with Machine(bytes(512)) as machine:
        names = [device.name for device in machine.motherboard.devices]
    assert all(names)
    assert len(set(names)) == len(names)
