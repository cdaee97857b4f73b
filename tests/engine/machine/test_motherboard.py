# SPDX-License-Identifier: GPL-2.0-or-later
"""How the devices of a machine are wired."""

from __future__ import annotations

import pytest

from engine.machine.config import MachineConfig
from engine.machine.devices.local_apic import LocalApic
from engine.machine.machine import Machine

PIC_DATA = 0x21
SERIAL = 4


def small(disk: bytes | None = None, *, cpus: int = 1, scratch_sectors: int = 0) -> Machine:
    return Machine(disk, MachineConfig(ram_bytes=1 << 20, cpus=cpus, scratch_sectors=scratch_sectors))


def test_every_device_is_reset_with_the_machine() -> None:
    with small(bytes(512)) as machine:
        resets: list[str] = []
        for device in machine.motherboard.devices:
            device.reset = lambda name=device.name: resets.append(name)  # type: ignore[method-assign,misc]
        machine.reset()
        assert resets == [device.name for device in machine.motherboard.devices]


def test_the_interrupt_controllers_reach_every_local_apic(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[LocalApic, int, bool]] = []
    monkeypatch.setattr(LocalApic, "set_lint", lambda apic, pin, level: seen.append((apic, pin, level)))
    with small(cpus=2) as machine:
        machine.access.port_out(0, PIC_DATA, 1, ~(1 << SERIAL) & 0xFF)
        seen.clear()
        machine.motherboard.lines.set_irq(SERIAL, True)
        assert seen == [(apic, 0, True) for apic in machine.motherboard.apics]


def test_a_second_disk_is_at_the_secondary_channel() -> None:
    with small(bytes(512)) as machine:
        assert (machine.motherboard.disk is None, machine.motherboard.scratch is None) == (False, True)
    with small(bytes(512), scratch_sectors=9) as machine:
        disk, scratch = machine.motherboard.disk, machine.motherboard.scratch
        assert disk is not None
        assert scratch is not None
        assert (disk.disk.sectors, scratch.disk.sectors) == (1, 9)
        assert {"ATA", "ATA 1"} <= {device.name for device in machine.motherboard.devices}


def test_no_disk_no_controller() -> None:
    with small() as machine:
        assert (machine.motherboard.disk, machine.motherboard.ide) == (None, None)
