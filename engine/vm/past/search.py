# SPDX-License-Identifier: GPL-2.0-or-later
"""The next or the latest event of a kind in guest time, to the block.

A machine only runs forward. So forked copies of it run ahead in windows of guest time to find the one in which the
count of events changes; that window is then run block by block. Over a long span, copies are left on the way, from
which such a window is reached without running the span again (`retrace`).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from engine.vm.past.checkpoint import Watch, scout

WINDOWS = 64
"""Parts that a span is divided into."""
STANDS = 8
"""Copies that are left in a span."""
NEVER = -1
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Walk:
    """A machine with a count of events that only grows."""

    ticks: Callable[[], int]
    run: Callable[[int], None]
    """run to a tick, or to the end of the block in which it passes"""
    count: Callable[[], int]
    window: int
    """ticks that may be run block by block"""
    watch: Watch = lambda: None
    """called while the search goes on; when it raises, the search ends"""


def step_to_next(walk: Walk, until: int) -> bool:
    """Run to the end of the block in which the next event happens, or to `until`; returns whether there was one."""
    begun, width = walk.count(), until - walk.ticks()
    while width > walk.window:
        width = max(walk.window, width // WINDOWS)
        walk.run(int(scout(partial(_shortly_before_next, walk, until, width), walk.watch)))
    while walk.ticks() < until and walk.count() == begun:
        walk.run(walk.ticks() + 1)
    return walk.count() != begun


def _shortly_before_next(walk: Walk, until: int, width: int) -> bytes:
    """The latest end of a window, as text, before the count changes."""
    here, begun = walk.ticks(), walk.count()
    while here < until:
        walk.run(min(here + width, until))
        if walk.count() != begun:
            break
        here = walk.ticks()
    return str(here).encode()


def last_before(walk: Walk, before: int, end: int = 0) -> int:
    """The tick at the end of the block of the latest event that is over before a tick; NEVER: there is none.

    The machine stays where it is.

    Args:
        walk: the machine.
        before: the tick.
        end: tick up to which events are looked for; 0: `before`.
    """
    return _last_in(walk, walk.ticks(), end or before, before)


def retrace(
    walk: Walk, before: int, leave: Callable[[], S], ask: Callable[[S, int, int], tuple[int, S] | None]
) -> tuple[int, S] | None:
    """As `last_before` over a long span; the machine runs to its end.

    Args:
        walk: the machine.
        before: the tick.
        leave: leaves a copy of the machine where it is, or tells one that was left not long before.
        ask: has a copy that was left find the latest event between two ticks that is over before `before`. Returns its
            tick and a copy that is at the first of the two; None: there is no such event.

    Returns:
        The tick and the copy before it; None: there is no such event.
    """
    left: list[tuple[int, S]] = []
    windows = 0

    def pause() -> None:
        nonlocal windows
        walk.watch()
        if windows % (WINDOWS // STANDS) == 0:
            left.append((walk.ticks(), leave()))
        windows += 1

    for first, last in reversed(_windows_with_events(walk, before, pause)):
        _, stand = left[bisect_right([tick for tick, _ in left], first) - 1]
        if (found := ask(stand, first, last)) is not None:
            return found
    return None


def _last_in(walk: Walk, begin: int, end: int, before: int) -> int:
    if end - begin <= walk.window:
        return int(scout(lambda: _last_by_blocks(walk, begin, end, before), walk.watch))
    windows: list[list[int]] = json.loads(scout(lambda: _changes(walk, begin, end), walk.watch))
    if windows == [[begin, end]]:  # one block is longer than a window
        return int(scout(lambda: _last_by_blocks(walk, begin, end, before), walk.watch))
    for first, last in reversed(windows):
        found = _last_in(walk, first, last, before)
        if found != NEVER:
            return found
    return NEVER


def _changes(walk: Walk, begin: int, end: int) -> bytes:
    """The latest windows between two ticks in which the count changes, as JSON."""
    walk.run(begin)
    return json.dumps(_windows_with_events(walk, end)).encode()


def _windows_with_events(walk: Walk, end: int, pause: Callable[[], object] = lambda: None) -> list[tuple[int, int]]:
    """Run to a tick in windows; returns those in which the count changed.

    All but the latest two are left out: an event in the very last may be over too late, one before it never is.

    Args:
        walk: the machine.
        end: the tick.
        pause: called before each window.
    """
    found: list[tuple[int, int]] = []
    width = max(walk.window, (end - walk.ticks()) // WINDOWS)
    while (here := walk.ticks()) < end:
        pause()
        count = walk.count()
        walk.run(min(here + width, end))
        if walk.count() != count:
            found = [*found[-1:], (here, walk.ticks())]
    return found


def _last_by_blocks(walk: Walk, begin: int, end: int, before: int) -> bytes:
    walk.run(begin)
    found, count = NEVER, walk.count()
    while walk.ticks() < min(end, before):
        walk.run(walk.ticks() + 1)
        if walk.count() != count and walk.ticks() < before:
            found = walk.ticks()
        count = walk.count()
    return str(found).encode()
