# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that a local APIC hands to the core of its CPU, by the Intel SDM volume 3, 10.6.1."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_bus import ApicBus
from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.apic_cpu import Cpu

ID, TPR, SVR, ICR, ICR_HIGH = 0x20, 0x80, 0xF0, 0x300, 0x310
SELF, OTHERS = 1 << 18, 3 << 18


@pytest.fixture
def two(bench: Bench) -> tuple[Cpu, Cpu]:
    bus = ApicBus()
    return Cpu(bench, bus, 0), Cpu(bench, bus, 1)


def test_init_and_start_up_reach_the_cpu_they_name(two: tuple[Cpu, Cpu]) -> None:
    two[1][ID] = 5 << 24
    two[1][TPR] = 0x20
    two[0][ICR_HIGH] = 5 << 24
    two[0][ICR] = 5 << 8 | 1 << 14
    two[0][ICR] = 5 << 8 | 1 << 15  # level de-assert
    two[0][ICR] = 6 << 8 | 0x9A
    assert [cpu.core.started for cpu in two] == [[], [-1, 0x9A]]
    assert (two[1][ID], two[1][TPR], two[1][SVR]) == (5 << 24, 0, 0xFF)
    two[0][ICR] = OTHERS | 6 << 8 | 0x10
    assert [cpu.core.started for cpu in two] == [[], [-1, 0x9A, 0x10]]


def test_an_init_to_oneself(two: tuple[Cpu, Cpu]) -> None:
    cpu = two[0]
    cpu[ICR] = 5 << 8 | 1 << 14
    assert cpu.core.started == [-1]
    cpu[ICR] = SELF | 5 << 8 | 1 << 14
    assert cpu.core.started == [-1, -1]
