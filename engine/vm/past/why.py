# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firing gave a row its largest value, or printed a line?"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import msgspec

from engine.vm.past.checkpoint import Checkpoint, scout
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import FiredProbe, Origin, Why
from engine.vm.past.search import Walk, last_before, step_to_next
from engine.vm.past.wire import Wire

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

_WINDOWS = 20
"""Looks at the value per guest second."""
_BLOCKWISE = 50_000
"""Part of a guest second that may be run block by block."""
_NONE = -1
"""The value of a row that is not there."""
_WORTH = 0.1
"""Seconds for which it is worth while to leave a copy, so that they need not be run again."""
_STANDS = 8
"""Part of the time of a search that may be spent twice."""


class _Best(msgspec.Struct, frozen=True):
    """The largest value, and the ticks between two looks in which it came."""

    value: int
    first: int
    last: int


_bests = msgspec.msgpack.Decoder(_Best)
_origins = msgspec.msgpack.Decoder(Origin)
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
    """The value that is looked for only grows, so the window is found first in which it gets to its largest.

    The machine runs through the span once, and leaves copies on the way; one before that window goes on from there.
    """

    def __init__(self, vm: GuestSession, question: Why, until: int, reached: Reached) -> None:
        self._vm = vm
        self._question = question
        self._until = until
        self._reached = reached
        self._printed = _Printed(question.printed)
        self._look = self._count if question.printed else self._largest

    def origin(self) -> Origin:
        vm, question = self._vm, self._question
        if question.since:
            vm.run_to(round(question.since * vm.tsc_hz))
            vm.clear_aggregates()
        self._look()  # forgets what was logged and printed up to here
        self._printed.count = 0
        with ExitStack() as left:
            best, stand = self._run(left)
            if stand is None or best.value < max(0, question.occurrence if question.printed else 0):
                raise PastError(self._nothing())
            with closing(Wire(stand.wake(), _origins)) as wire:
                wire.send(best)
                for origin in wire.messages(self._watch):
                    return origin
        raise PastError("the process that looked for the firing ended without an answer; ask again")

    def _run(self, left: ExitStack) -> tuple[_Best, Checkpoint | None]:
        """Run until the value cannot grow any more; returns its window, and a copy that waits before it."""
        vm, question = self._vm, self._question
        best, before, latest = _Best(_NONE, 0, 0), None, None
        due = begun = time.monotonic()
        while (here := vm.ticks) < self._until and not (question.printed and best.value >= question.occurrence):
            self._reached(here)
            if time.monotonic() >= due:
                if latest is not None and latest is not before:
                    latest.drop()
                latest = left.enter_context(closing(Checkpoint.take(self._go_on)))
                due = time.monotonic() + max(_WORTH, (time.monotonic() - begun) / _STANDS)
            vm.run_to(min(self._next_look(), self._until))
            value = self._look()
            if value > best.value:
                if before is not None and before is not latest:
                    before.drop()
                best, before = _Best(value, here, vm.ticks), latest
        if question.printed:
            best = msgspec.structs.replace(best, value=min(best.value, question.occurrence))
        return best, before

    def _next_look(self) -> int:
        width = self._vm.tsc_hz // _WINDOWS
        return (self._vm.ticks // width + 1) * width

    def _nothing(self) -> str:
        if self._question.printed:
            return f"{self._question.name} did not print that line in these seconds"
        return f"{self._question.aggregate} has no such row in these seconds"

    def _walk(self, count: Callable[[], int]) -> Walk:
        vm = self._vm
        return Walk(lambda: vm.ticks, vm.run_to, count, vm.tsc_hz // _BLOCKWISE)

    def _watch(self) -> None:
        self._reached(self._vm.ticks)

    # --- in a copy before the window ---

    def _go_on(self, connection: socket.socket) -> None:
        wire = Wire(connection, _bests)
        for best in wire.messages():
            wire.send(self._origin_in(best))
            return

    def _origin_in(self, best: _Best) -> Origin:
        """Go to the block in which the value came."""
        vm, question = self._vm, self._question
        while vm.ticks < best.first:  # look as often as before, so that nothing printed is lost
            vm.run_to(min(self._next_look(), best.first))
            self._look()
        end = int(scout(lambda: self._end_of_block(best)))
        begin = last_before(self._walk(lambda: vm.blocks), end)
        vm.run_to(begin)
        tick, block, hits = vm.ticks, vm.blocks, [probe.hits for probe in vm.probes(question.name)]
        vm.run_to(end)
        fired = (
            FiredProbe(probe.name, probe.line, probe.file)
            for probe, before in zip(vm.probes(question.name), hits, strict=True)
            if probe.hits > before
        )
        start = tick - best.value * question.ticks if question.ticks else tick
        return Origin(tick, block, max(0, start), best.value, tuple(fired))

    def _end_of_block(self, best: _Best) -> bytes:
        step_to_next(self._walk(lambda: int(self._look() >= best.value)), best.last)
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
