# SPDX-License-Identifier: GPL-2.0-or-later
"""The timer of a local APIC (Intel SDM volume 3, 10.5.4): 100 MHz, divided by 2 after reset."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_timer import ApicTimer
from tests.engine.machine.bench import Bench


@pytest.fixture
def expired() -> list[int]:
    return []


@pytest.fixture
def timer(bench: Bench, expired: list[int]) -> ApicTimer:
    made = ApicTimer(bench.clock, lambda: expired.append(bench.now))
    made.set_mode(periodic=False, watched=True)
    return made


def test_one_shot_expires_once_at_its_time(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.start(1000)
    bench.advance(100_000)
    assert expired == [20_000]  # 1000 counts of 20 ns
    assert timer.current == 0


def test_periodic_does_not_drift(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(periodic=True, watched=True)
    timer.start(1000)
    bench.advance(100_000)
    assert expired == [20_000, 40_000, 60_000, 80_000, 100_000]


@pytest.mark.parametrize(("register", "divisor"), [(0b0000, 2), (0b0001, 4), (0b0011, 16), (0b1010, 128), (0b1011, 1)])
def test_the_divide_configuration(
    timer: ApicTimer, bench: Bench, expired: list[int], register: int, divisor: int
) -> None:
    timer.set_divide(register)
    timer.start(100)
    bench.advance(10_000_000)
    assert expired == [100 * divisor * 10]


def test_another_divisor_keeps_the_count(timer: ApicTimer, bench: Bench) -> None:
    timer.start(1000)
    bench.advance(10_000)
    assert timer.current == 500
    timer.set_divide(0b1011)
    assert timer.current == 500


def test_a_count_of_zero_stops(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.start(1000)
    timer.start(0)
    bench.advance(100_000)
    assert expired == []
