# SPDX-License-Identifier: GPL-2.0-or-later
"""Accesses name their CPU; each CPU sees its own local APIC."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.machine.config import MachineConfig
from engine.machine.devices import local_apic
from engine.machine.machine import Machine

TASK_PRIORITY = local_apic.BASE + 0x80


class Asker:
    """A port that remembers which CPU asked."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.asked: list[int | None] = []

    def port_read(self, port: int, size: int) -> int:
        del port, size
        self.asked.append(self.machine.access.cpu)
        return 0x42

    def port_write(self, port: int, size: int, value: int) -> None:
        del port, size, value
        raise ValueError("no")


@pytest.fixture
def machine():
    with Machine(config=MachineConfig(cpus=2)) as made:
        yield made


def test_a_device_knows_which_cpu_asks(machine: Machine) -> None:
    asker = Asker(machine)
    machine.ports.claim(asker, 0x5000, 1)
    assert [machine.access.port_in(cpu, 0x5000, 1) for cpu in (0, 1)] == [0x42, 0x42]
    machine.ports.read(0x5000, 1)
    assert asker.asked == [0, 1, None]


def test_an_access_that_fails_is_over(machine: Machine) -> None:
    machine.ports.claim(Asker(machine), 0x5000, 1)
    with pytest.raises(ValueError, match="no"):
        machine.access.port_out(1, 0x5000, 1, 7)
    assert machine.access.cpu is None


def test_each_cpu_has_its_own_local_apic(machine: Machine) -> None:
    machine.access.memory_write(0, TASK_PRIORITY, 4, 0x20)
    machine.access.memory_write(1, TASK_PRIORITY, 4, 0x50)
    assert [machine.access.memory_read(cpu, TASK_PRIORITY, 4) for cpu in (0, 1)] == [0x20, 0x50]
    assert [machine.access.memory_peek(cpu, TASK_PRIORITY) for cpu in (0, 1)] == [0x20, 0x50]
    assert machine.access.memory_peek(None, TASK_PRIORITY) is None


def test_a_device_fires_on_the_cpu_whose_access_it_serves(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    fired: list[int] = []
    monkeypatch.setattr(machine.core, "fire_point", lambda _point, cpu, _args: fired.append(cpu))
    machine.access.cpu = 1
    machine.fire(Point.DISK_IO_START, ())
    machine.access.cpu = None
    machine.fire(Point.DISK_IO_FINISH, ())
    assert fired == [1, 0]
