# SPDX-License-Identifier: GPL-2.0-or-later
"""The event queue."""

from __future__ import annotations

from functools import partial

import pytest

from engine.machine.clock import NEVER, Clock


class Time:
    """A clock, and the deadline it asked for last."""

    def __init__(self, hz: int = 1_000_000_000) -> None:
        self.now = 0
        self.deadline = NEVER
        self.clock = Clock(hz, lambda: self.now, self._told)

    def _told(self, tick: int) -> None:
        self.deadline = tick


def test_events_come_in_order_of_time_then_of_asking() -> None:
    time = Time()
    seen: list[str] = []
    for name, tick in (("c", 30), ("a", 10), ("b", 20), ("a2", 10)):
        time.clock.at(tick, partial(seen.append, name))
    assert time.deadline == 10
    time.now = 20
    time.clock.run_due()
    assert seen == ["a", "a2", "b"]
    assert time.deadline == 30


def test_a_cancelled_event_does_not_come() -> None:
    time, seen = Time(), []
    first = time.clock.at(10, lambda: seen.append(1))
    second = time.clock.at(20, lambda: seen.append(2))
    time.clock.cancel(first)
    assert time.deadline == 20
    time.clock.cancel(second)
    time.clock.cancel(None)
    assert time.deadline == NEVER
    time.now = 100
    time.clock.run_due()
    assert seen == []


def test_an_event_may_ask_for_another_that_is_due() -> None:
    time, seen = Time(), []

    def first() -> None:
        time.clock.at(15, lambda: seen.append("next"))

    time.clock.at(10, first)
    time.now = 20
    time.clock.run_due()
    assert seen == ["next"]


@pytest.mark.parametrize(
    ("hz", "nanoseconds", "ticks"), [(10**9, 7, 7), (10**6, 1, 1), (10**6, 1001, 2), (3, 10**9, 3)]
)
def test_spans_of_time_are_rounded_up(hz: int, nanoseconds: int, ticks: int) -> None:
    assert Time(hz).clock.ticks(nanoseconds) == ticks
