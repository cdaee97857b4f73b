# SPDX-License-Identifier: GPL-2.0-or-later
"""Events are found to the block."""

from __future__ import annotations

import bisect
import copy
import random

import pytest

from engine.vm.past.search import NEVER, STANDS, Walk, last_before, retrace, step_to_next

_RANDOM = random.Random(3)


class Line:
    """A machine of blocks of 1 to 40 ticks, with one block of 5000, that only runs forward."""

    def __init__(self, events: list[int]) -> None:
        sizes = [_RANDOM.randint(1, 40) for _ in range(4000)]
        sizes[2000] = 5000
        self.ends = [0]
        for size in sizes:
            self.ends.append(self.ends[-1] + size)
        self.events = sorted(self.ends[index] for index in events)
        self.now = 0

    def run(self, tick: int) -> None:
        if tick > self.now:
            self.now = self.ends[bisect.bisect_left(self.ends, tick)]

    def walk(self) -> Walk:
        return Walk(lambda: self.now, self.run, lambda: bisect.bisect_right(self.events, self.now), 50)


def test_every_next_event_is_found() -> None:
    line = Line([5, 6, 40, 1999, 2001, 3500])
    found = []
    while step_to_next(line.walk(), line.ends[-1]):
        found.append(line.now)
    assert found == line.events
    assert line.now == line.ends[-1]


def test_every_earlier_event_is_found_without_moving() -> None:
    line = Line([5, 6, 40, 1999, 2001, 3500])
    found, before = [], line.ends[3900]
    while (tick := last_before(line.walk(), before)) != NEVER:
        found.append(tick)
        before = tick
    assert found == line.events[::-1]
    assert line.now == 0


@pytest.mark.parametrize("limit", [0, 1])
def test_an_event_at_the_limit_is_not_before_it(limit: int) -> None:
    line = Line([700])
    expected = line.events[0] if limit else NEVER
    assert last_before(line.walk(), line.events[0] + limit) == expected


def test_a_long_span_is_run_once_and_copies_are_left_in_it() -> None:
    line = Line([5, 6, 40, 1999, 2001, 3500])
    found, before = [], line.ends[3900]
    while (latest := _retrace(line, before)) is not None:
        tick, stand = latest
        assert 0 <= tick - stand.now <= before // STANDS + 5000
        found.append(tick)
        before = tick
    assert found == line.events[::-1]


def _retrace(line: Line, before: int) -> tuple[int, Line] | None:
    machine = copy.copy(line)

    def leave() -> Line:
        return copy.copy(machine)

    def find(stand: Line, first: int, last: int) -> tuple[int, Line] | None:
        there = copy.copy(stand)
        there.run(first)
        tick = last_before(there.walk(), before, last)
        return None if tick == NEVER else (tick, there)

    found = retrace(machine.walk(), before, leave, find)
    assert machine.now >= before
    return found
