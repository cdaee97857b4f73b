# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firing gave a row its largest value, or printed a line?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.vm.past.checkpoint import scout, told_by
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import FiredProbe, Origin, Why
from engine.vm.past.search import Walk, last_before, step_to_next

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

_WINDOWS = 20
"""Looks at the value per guest second."""
_BLOCKWISE = 50_000
"""Part of a guest second that may be run block by block."""
_NONE = -1
"""The value of a row that is not there."""
_TOLD = 10
"""Looks after which a copy tells how far it is."""
Reached = Callable[[int], object]
"""Called with the tick that the search has come to; raises when the answer is not wanted any more."""


def origin_of(vm: GuestSession, question: Why, until: int, reached: Reached = lambda _: None) -> Origin:
    """Run to the block in which a row got its largest value, or a line was printed; the script is loaded.

    Args:
        vm: a copy of the machine.
        question: which row or line.
        until: tick at which the search ends.
        reached: called several times a second.

    Raises:
        PastError: there was none.
    """
    return _Search(vm, question, until, reached).origin()


class _Search:
    """The value that is looked for only grows, so the window is found first in which it gets to its largest."""

    def __init__(self, vm: GuestSession, question: Why, until: int, reached: Reached) -> None:
        self._vm = vm
        self._question = question
        self._until = until
        self._reached = reached
        self._printed = _Printed(question.printed)
        self._look = self._count if question.printed else self._largest
        self._tick = vm.ticks
        """that the search has come to"""

    def origin(self) -> Origin:
        vm, question = self._vm, self._question
        if question.since:
            vm.run_to(round(question.since * vm.tsc_hz))
            vm.clear_aggregates()
        self._look()  # forgets what was logged and printed up to here
        self._printed.count = 0
        value, first, last = self._found()
        if value < max(0, question.occurrence if question.printed else 0):
            raise PastError(self._nothing())
        vm.run_to(first)
        self._look()
        end = int(scout(lambda: self._end_of_block(value, last), self._watch))
        blocks = self._walk(lambda: vm.blocks)
        begin = last_before(blocks, end)
        vm.run_to(begin)
        tick, block, hits = vm.ticks, vm.blocks, [probe.hits for probe in vm.probes(question.name)]
        vm.run_to(end)
        fired = (
            FiredProbe(probe.name, probe.line, probe.file)
            for probe, before in zip(vm.probes(question.name), hits, strict=True)
            if probe.hits > before
        )
        start = tick - value * question.ticks if question.ticks else tick
        return Origin(tick, block, max(0, start), value, tuple(fired))

    def _found(self) -> tuple[int, int, int]:
        """The largest value, and the ticks between two looks in which it came."""
        rest = b""
        with closing(told_by(self._windows, self._watch)) as parts:
            for part in parts:
                *ticks, rest = (rest + part).split(b"\n")
                if ticks:
                    self._tick = int(ticks[-1])
                    self._watch()
        value, first, last = json.loads(rest)
        return value, first, last

    def _nothing(self) -> str:
        if self._question.printed:
            return f"{self._question.name} did not print that line in these seconds"
        return f"{self._question.aggregate} has no such row in these seconds"

    def _walk(self, count: Callable[[], int]) -> Walk:
        vm = self._vm
        return Walk(lambda: vm.ticks, vm.run_to, count, vm.tsc_hz // _BLOCKWISE, self._watch)

    def _watch(self) -> None:
        self._reached(self._tick)

    # --- in copies ---

    def _windows(self) -> Iterator[bytes]:
        """Lines with ticks that have been reached, then what was found as JSON."""
        vm, (best, first, last) = self._vm, (_NONE, 0, 0)
        width = vm.tsc_hz // _WINDOWS
        wanted = self._question.occurrence if self._question.printed else 0
        while (here := vm.ticks) < self._until:
            vm.run_to(min((here // width + 1) * width, self._until))
            if here // width % _TOLD == 0:
                yield b"%d\n" % here
            value = self._look()
            if value > best:
                best, first, last = value, here, vm.ticks
            if wanted and value >= wanted:
                best = wanted
                break
        yield json.dumps([best, first, last]).encode()

    def _end_of_block(self, value: int, last: int) -> bytes:
        walk = self._walk(lambda: int(self._look() >= value))
        step_to_next(replace(walk, watch=lambda: None), last)  # a copy has no connection to whoever asked
        return str(self._vm.ticks).encode()

    # --- what is looked at ---

    def _largest(self) -> int:
        """The row's largest value, now or when it was logged since the last look."""
        question = self._question
        integers, strings = tuple(question.integers), tuple(question.strings)
        return max(
            (
                row.max
                for rows in self._vm.rows_now(question.name, question.aggregate)
                for row in rows
                if row.integers == integers and row.strings == strings
            ),
            default=_NONE,
        )

    def _count(self) -> int:
        """How often the line was printed so far."""
        return self._printed.add(self._vm.take_printed())


class _Printed:
    """Counts a line in a text that comes in parts."""

    def __init__(self, line: str) -> None:
        self._line = line.encode("utf-8", "surrogateescape")
        self._rest = b""
        self.count = 0

    def add(self, text: bytes) -> int:
        *lines, self._rest = (self._rest + text).split(b"\n")
        self.count += lines.count(self._line)
        return self.count
