# SPDX-License-Identifier: GPL-2.0-or-later
"""The next or the latest event of a kind in guest time, to the block.

A machine only runs forward. So forked copies of it run ahead in windows of guest time to find the one in which the
count of events changes; that window is then run block by block.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.vm.past.checkpoint import Watch, scout

WINDOWS = 64
"""Parts that a span is divided into."""
NEVER = -1


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
    """called while a copy runs ahead; when it raises, the search ends"""


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


def last_before(walk: Walk, before: int) -> int:
    """The tick at the end of the block of the latest event that is over before a tick; NEVER: there is none.

    The machine stays where it is.
    """
    return _last_in(walk, walk.ticks(), before, before)


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
    """The windows between two ticks in which the count changes, as JSON.

    All but the latest two are left out: an event in the very last may be over too late, one before it never is.
    """
    found: list[tuple[int, int]] = []
    width = max(walk.window, (end - begin) // WINDOWS)
    walk.run(begin)
    while (here := walk.ticks()) < end:
        count = walk.count()
        walk.run(min(here + width, end))
        if walk.count() != count:
            found = [*found[-1:], (here, walk.ticks())]
    return json.dumps(found).encode()


def _last_by_blocks(walk: Walk, begin: int, end: int, before: int) -> bytes:
    walk.run(begin)
    found, count = NEVER, walk.count()
    while walk.ticks() < min(end, before):
        walk.run(walk.ticks() + 1)
        if walk.count() != count and walk.ticks() < before:
            found = walk.ticks()
        count = walk.count()
    return str(found).encode()
