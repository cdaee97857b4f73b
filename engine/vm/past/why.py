# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firing gave a row its largest value, or printed a line?"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import msgspec

from engine.probes.compiled_script import ScriptRefused
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
_REQUESTS_NAME = "disk requests"
_REQUESTS = """(version "1.0")
(defbag open 1024)
(defaggr issued 1 0)
(vprobe Disk_IOStart (baginsert open ARG4 TSC))
(vprobe Disk_IOFinish (aggr issued (ARG4) () (bagremove open ARG4)))
"""


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


class _Requests:
    """When each disk request was issued that has finished: what a script of its own finds.

    Args:
        vm: the machine. The script is loaded where the other one has a probe at the end of disk I/O and both fit.
        name: of the other script.
    """

    def __init__(self, vm: GuestSession, name: str) -> None:
        self._vm = vm
        self._loaded = any(probe.name == "Disk_IOFinish" for probe in vm.probes(name))
        try:
            if self._loaded:
                vm.load(_REQUESTS, _REQUESTS_NAME)
        except ScriptRefused:
            self._loaded = False

    def finished(self) -> dict[tuple[int, ...], tuple[int, int]]:
        """By its identifier: how many with it have finished, and the tick at which the latest was issued, or 0."""
        rows = next(iter(self._vm.rows_now(_REQUESTS_NAME, "issued")), ()) if self._loaded else ()
        return {row.integers: (row.count, row.latest) for row in rows}


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
        self._requests = _Requests(vm, question.name)
        if question.since:
            self._run_to(round(question.since * vm.tsc_hz))
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

    def _run_to(self, tick: int) -> None:
        while self._vm.ticks < tick:
            self._reached(self._vm.ticks)
            self._vm.run_to(min(self._next_look(), tick))

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
        finished = self._requests.finished()
        vm.run_to(end)
        fired = (
            FiredProbe(probe.name, probe.line, probe.file)
            for probe, before in zip(vm.probes(question.name), hits, strict=True)
            if probe.hits > before
        )
        issued = [
            issued for key, (count, issued) in self._requests.finished().items() if finished.get(key) != (count, issued)
        ]
        return Origin(tick, block, self._start(tick, best.value, issued), best.value, tuple(fired))

    def _start(self, tick: int, value: int, issued: Iterable[int]) -> int:
        """Where a duration began, or a disk request that ended then.

        Args:
            tick: of the end.
            value: the duration, where it is one.
            issued: ticks at which the requests were issued that ended then, or 0.
        """
        unit = self._question.ticks
        begun = max(0, tick - value * unit)
        near = [moment for moment in issued if moment and (not unit or abs(moment - begun) <= 2 * unit)]
        return min(near, default=begun)

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
