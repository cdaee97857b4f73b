# SPDX-License-Identifier: GPL-2.0-or-later
"""The timer of a local APIC (Intel SDM volume 3, 10.5.4): 100 MHz, divided by 2 after reset."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_timer import ApicTimer, TimerMode
from tests.engine.machine.bench import Bench

TIME_STAMP_AHEAD = 5_000
"""what the guest has added to its counter; a tick of it is a nanosecond"""


@pytest.fixture
def expired() -> list[int]:
    return []


@pytest.fixture
def timer(bench: Bench, expired: list[int]) -> ApicTimer:
    made = ApicTimer(bench.clock, lambda: expired.append(bench.now), lambda: bench.now + TIME_STAMP_AHEAD)
    made.set_mode(TimerMode.ONE_SHOT, watched=True)
    return made


def test_one_shot_expires_once_at_its_time(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.start(1000)
    bench.advance(100_000)
    assert expired == [20_000]  # 1000 counts of 20 ns
    assert timer.current == 0


def test_periodic_does_not_drift(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(TimerMode.PERIODIC, watched=True)
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


def test_another_divisor_keeps_the_count_of_a_periodic_timer(
    timer: ApicTimer, bench: Bench, expired: list[int]
) -> None:
    timer.set_mode(TimerMode.PERIODIC, watched=True)
    timer.start(1000)
    bench.advance(50_000)
    timer.set_divide(0b1011)
    assert timer.current == 500
    bench.advance(25_000)
    assert expired == [20_000, 40_000, 55_000, 65_000, 75_000]


def test_a_change_of_mode_keeps_the_phase(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.start(1000)
    bench.advance(5_000)
    timer.set_mode(TimerMode.PERIODIC, watched=True)
    bench.advance(45_000)
    timer.set_mode(TimerMode.ONE_SHOT, watched=True)
    bench.advance(50_000)
    assert expired == [20_000, 40_000, 60_000]


def test_a_periodic_timer_that_nobody_watches_counts_on(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(TimerMode.PERIODIC, watched=False)
    timer.start(1000)
    bench.advance(50_000)
    assert (timer.current, expired) == (500, [])
    timer.set_mode(TimerMode.ONE_SHOT, watched=True)
    bench.advance(50_000)
    assert expired == [60_000]


# --- 10.5.4.1: TSC-deadline mode ---


def test_it_expires_when_the_counter_reaches_the_deadline(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=True)
    timer.set_deadline(TIME_STAMP_AHEAD + 30_000)
    assert timer.deadline == TIME_STAMP_AHEAD + 30_000
    bench.advance(100_000)
    assert (expired, timer.deadline) == ([30_000], 0)


@pytest.mark.parametrize(("deadline", "times"), [(1, [1_000]), (0, []), ((1 << 64) - 1, [])])
def test_a_deadline_that_has_passed_and_one_that_never_comes(
    timer: ApicTimer, bench: Bench, expired: list[int], deadline: int, times: list[int]
) -> None:
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=True)
    bench.advance(1_000)
    timer.set_deadline(deadline)
    bench.advance(1_000_000)
    assert expired == times


def test_writing_another_deadline_replaces_the_first(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=True)
    timer.set_deadline(TIME_STAMP_AHEAD + 30_000)
    timer.set_deadline(TIME_STAMP_AHEAD + 50_000)
    bench.advance(100_000)
    timer.set_deadline(TIME_STAMP_AHEAD + 150_000)
    timer.set_deadline(0)
    bench.advance(100_000)
    assert expired == [50_000]


def test_counts_and_deadlines_exclude_each_other(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_deadline(TIME_STAMP_AHEAD + 30_000)
    assert timer.deadline == 0
    timer.start(1000)
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=True)
    timer.start(1000)
    assert (timer.initial, timer.current) == (0, 0)
    timer.set_deadline(TIME_STAMP_AHEAD + 30_000)
    timer.set_mode(TimerMode.PERIODIC, watched=True)
    bench.advance(100_000)
    assert (expired, timer.deadline) == ([], 0)


def test_a_deadline_that_nobody_watches_passes_silently(timer: ApicTimer, bench: Bench, expired: list[int]) -> None:
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=False)
    timer.set_deadline(TIME_STAMP_AHEAD + 30_000)
    bench.advance(40_000)
    timer.set_mode(TimerMode.TSC_DEADLINE, watched=True)
    bench.advance(40_000)
    assert (expired, timer.deadline) == ([], 0)
