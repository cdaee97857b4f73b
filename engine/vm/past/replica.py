# SPDX-License-Identifier: GPL-2.0-or-later
"""In a woken checkpoint: run seconds again, and answer what is asked about them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from engine.errors import VptopError
from engine.probes.frame import Frame
from engine.vm.past import conditions, priority, task
from engine.vm.past.messages import Ask, AskedFrame, Moment, Moments, Progress, Visit, When, Why
from engine.vm.past.task import Task
from engine.vm.past.visit import VisitedMoment
from engine.vm.past.why import origin_of
from engine.vm.past.wire import Abandoned, Wire
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

SLICE = 0.1
"""Guest seconds between two looks whether the answer is still wanted."""


def serve(vm: GuestSession, connection: socket.socket) -> None:
    """Answer one Task on this copy of the machine.

    Raises:
        OSError: whoever asked has gone.
    """
    wire = Wire(connection, task.decoder)
    requests = wire.messages()
    first = next(requests, None)
    if not isinstance(first, Task):
        return
    try:
        reply = Replica(vm, wire, first).answer(requests)
    except Abandoned:
        return
    except VptopError as error:
        reply = Reply(first.question.id, ok=False, message=str(error))
    wire.send(reply)


class Replica:
    """A copy of the machine that runs its past again."""

    def __init__(self, vm: GuestSession, wire: Wire[task.Incoming], given: Task) -> None:
        self._vm = vm
        self._wire = wire
        self._task = given
        self._hz = vm.tsc_hz

    def answer(self, requests: Iterator[task.Incoming]) -> Reply:
        """Do the task.

        Raises:
            VptopError: it cannot be done.
            Abandoned: the answer is not wanted any more.
        """
        question = self._task.question
        if isinstance(question, Visit):
            with closing(VisitedMoment(self._vm, self._wire, self._task)) as visited:
                return visited.serve(requests)
        if isinstance(question, Why):
            return self._why(question)
        priority.lower()
        return self._ask(question) if isinstance(question, Ask) else self._when(question)

    def _ask(self, question: Ask) -> Reply:
        self._start(question.name, question.source)
        count = 0
        for frame in self._again(question.id, moments=question.moments):
            if frame is not None:
                self._wire.send(AskedFrame(question.id, msgspec.structs.replace(frame, asked=True)))
                count += 1
        begin, until = self._task.begin / self._hz, self._task.until / self._hz
        return Reply(question.id, ok=True, message=f"asked {question.name} from {begin:g} to {until:g} s")

    def _when(self, question: When) -> Reply:
        found = conditions.Found()
        self._start(conditions.NAME, conditions.script_of(question.condition, question.at), found)
        for _ in self._again(question.id, found.fresh):
            pass
        begin, until = self._task.begin / self._hz, self._task.until / self._hz
        answer = Moments(tuple(found.moments), begin, until, found.more)
        return Reply(question.id, ok=True, message=found.in_words(self._hz), past=answer)

    def _why(self, question: Why) -> Reply:
        begin, until = self._task.begin / self._hz, self._task.until / self._hz

        def reached(tick: int) -> None:
            priority.lower_when_long()
            self._wire.check()
            self._wire.send(Progress(question.id, tick / self._hz, begin, until))

        self._start(question.name, question.source)
        answer = origin_of(self._vm, question, self._task.until, reached)
        names = ", ".join(f"{probe.name} in line {probe.line}" for probe in answer.probes)
        what = "the line was printed" if question.printed else f"{answer.value} was counted"
        message = f"{what} at {answer.tick / self._hz:.6f} s by {names}"
        return Reply(question.id, ok=True, message=message, past=answer)

    def _start(self, name: str, source: str, output: conditions.Found | None = None) -> None:
        """Go to the moment at which the script is loaded, and load it."""
        self._vm.run_again(self._task.inputs, output)
        begin, until = self._task.begin / self._hz, self._task.until / self._hz
        for _ in self._run(self._task.begin):
            self._wire.send(Progress(self._task.question.id, self._vm.seconds, begin, until))
        self._vm.frame()  # the console up to here belongs to Frames that were before
        self._vm.load(source, name)

    def _again(
        self, question: int, found: Callable[[], tuple[Moment, ...]] = tuple, moments: Iterable[int] = ()
    ) -> Iterator[Frame | None]:
        """Run to the end, with Progress and what was found.

        Yields:
            A Frame at each whole second, at these moments, and at the end; None elsewhere.
        """
        begin, until = self._task.begin / self._hz, self._task.until / self._hz
        for moment in [*(moment for moment in moments if self._vm.ticks < moment < self._task.until), self._task.until]:
            frame = None
            for frame in self._run(moment):
                self._wire.send(Progress(question, self._vm.seconds, begin, until, found()))
                if frame is not None or self._vm.ticks < moment:
                    yield frame
            if frame is None:
                yield self._vm.frame()

    def _run(self, tick: int) -> Iterator[Frame | None]:
        """Run to a tick in slices; yields after each, with a Frame where a whole second ended."""
        while self._vm.ticks < tick:
            priority.lower_when_long()
            self._wire.check()
            yield self._vm.advance(min(SLICE, (tick - self._vm.ticks) / self._hz))
