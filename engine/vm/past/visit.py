# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that is visited: a copy of the machine that stands still there, and can be stepped both ways.

The process that was woken stays at its checkpoint. Copies of it sleep on the way to the moment (`Stands`), the latest
one shortly before it, and a copy of that stands at the moment (`cursor`). To step backward, the earlier event is
searched from there on, then between the copies before, the latest first; and a new cursor goes there. Where there is
none since the checkpoint, the one before goes on with the step, in a process of its own, and the visit goes on there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from engine.errors import VptopError
from engine.vm.past.checkpoint import Checkpoint, ignore_children, spawn
from engine.vm.past.messages import Cancel, Memory, Progress, ReadMemory, Step, Unit, View, Visit
from engine.vm.past.place import (
    A,
    Goto,
    LastBefore,
    Place,
    PlaceAnswer,
    PlaceRequest,
    Retrace,
    Settle,
    Tick,
    answers,
    ask,
)
from engine.vm.past.search import NEVER
from engine.vm.past.stands import MOST, Stand, Stands
from engine.vm.past.task import Earlier
from engine.vm.past.wire import Abandoned, Wire
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.past.task import Incoming, Task
    from engine.vm.session import GuestSession

_MARGIN_MS = 20
"""Guest time by which the latest copy is before the moment."""
_FAR = 4
"""Margins by which it may be before the moment."""


class StepCancelledError(VptopError):
    """A step was cancelled. Go on from where the visit was before it."""


class VisitedMoment:
    """Answers requests about one visit."""

    def __init__(self, vm: GuestSession, wire: Wire[Incoming], task: Task) -> None:
        self._vm = vm
        self._wire = wire
        self._task = task
        self._begin = vm.ticks
        self._margin = vm.tsc_hz * _MARGIN_MS // 1000
        self._stands = Stands(self._begin)
        self._cursor: Wire[PlaceAnswer] | None = None
        self._second = 0, 0
        """a tick at which a second begins, and the moment at which a step to it ended"""
        self._answering = 0
        """id of the request that is being answered"""
        earlier, visit = task.earlier, task.question
        assert isinstance(visit, Visit)  # noqa: S101 - by the caller
        self._visit = visit
        self._tick = earlier.tick if earlier is not None else visit.tick

    def serve(self, requests: Iterator[Incoming]) -> Reply:
        """Answer until the connection closes.

        Raises:
            VptopError: the moment cannot be visited.
            Abandoned: the visit is over.
        """
        visit, earlier = self._visit, self._task.earlier
        ignore_children()
        self._vm.run_again(self._task.inputs)
        if visit.source:
            self._vm.load(visit.source, visit.name)
        if earlier is not None:
            self._answer_to(earlier.id, partial(self._step, earlier.step))
        else:
            self._answer_to(visit.id, partial(self._go, visit.tick))
        for request in requests:
            if isinstance(request, Step):
                self._answer_to(request.id, partial(self._step, request))
            elif isinstance(request, ReadMemory):
                self._answer_to(request.id, partial(self._at_cursor, request, Memory))
            elif isinstance(request, Cancel):
                self._wire.send(Reply(request.id, ok=True, message="cancelled"))
        raise Abandoned("closed")

    def close(self) -> None:
        """Leave the moment: the copies end."""
        self._leave_cursor()
        self._stands.close()

    def _leave_cursor(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def _answer_to(self, request: int, act: Callable[[], View | Memory | Earlier]) -> None:
        self._answering = request
        try:
            found = act()
        except StepCancelledError:
            self._leave_cursor()  # it may have gone on
            self._wire.send(Reply(request, ok=False, message="cancelled"))
        except VptopError as error:
            self._wire.send(Reply(request, ok=False, message=str(error)))
        else:
            self._wire.send(found if isinstance(found, Earlier) else Reply(request, ok=True, past=found))

    # --- moving ---

    def _step(self, step: Step) -> View | Earlier:
        if not step.backward:
            view = self._at_cursor(step, View, self._tick)
            self._tick = view.tick
            if step.unit == "second" and not view.note:
                self._second = view.tick // self._vm.tsc_hz * self._vm.tsc_hz, view.tick
            return view
        return (self._second_before() if step.unit == "second" else self._event_before(step.unit)) or self._before(step)

    def _event_before(self, unit: Unit) -> View | None:
        """Go to the event before; None: there is none since the checkpoint."""
        near = self._near_to(self._tick)
        with closing(Wire(near.copy.wake(), answers)) as wire:
            found = self._ask(wire, LastBefore(unit, self._tick), Tick).tick
        end = near.tick
        while found == NEVER and end > self._begin:
            begin, wire = self._from(self._stands.before(end - 1))
            done = (near.tick - end) - (begin - self._begin)
            with _closed_unless_done(wire):
                # An event at `end` is over there: the copy that stands there has counted it.
                found = self._ask(wire, Retrace(unit, end + 1), Tick, (self._begin, near.tick), done).tick
                if found != NEVER:
                    self._settle(wire, found)
            if found == NEVER:
                wire.close()
            end = begin
        return None if found == NEVER else self._go(found)

    def _second_before(self) -> View | None:
        """Go to the whole second before; a moment is at the end of the block in which its second began."""
        here, hz = self._tick, self._vm.tsc_hz
        whole = (here - 1) // hz * hz
        for tick in (whole, whole - hz):
            if tick < self._begin:
                return None
            if (tick, here) != self._second:  # else it would lead to here
                view = self._go(tick)
                self._second = tick, view.tick
                if view.tick < here:
                    return view
        return None

    def _before(self, step: Step) -> View | Earlier:
        """What a step leads to for which there is nothing since the checkpoint."""
        here, begin = self._tick, self._begin
        if not self._task.is_oldest:
            return Earlier(step.id, self._visit, step, here, begin, self._task.until)
        view = self._go(begin if step.unit == "second" else here)
        note = f"no earlier {step.unit}: the past that is kept begins at {begin / self._vm.tsc_hz:g} s"
        return msgspec.structs.replace(view, note=note)

    def _go(self, tick: int) -> View:
        """Let a new cursor go to a tick."""
        near = self._near_to(tick)
        self._leave_cursor()
        self._cursor = Wire(near.copy.wake(), answers)
        view = self._at_cursor(Goto(tick, self._begin, self._task.until), View)
        self._tick = view.tick
        return view

    def _near_to(self, tick: int) -> Stand:
        """The copy that sleeps shortly before a tick; if there is none, one goes there and leaves others on the way."""
        self._stands.forget_after(tick)
        near = self._stands.before(tick)
        stage = (tick - (near.tick if near is not None else self._begin)) // MOST
        while near is None or near.tick + _FAR * self._margin < tick:
            near = self._settle(self._from(near)[1], tick, stage)
        return near

    def _settle(self, wire: Wire[PlaceAnswer], tick: int, stage: int = 0) -> Stand:
        """Let a place go on to shortly before a tick, or over a stage of the way, and sleep there."""
        self._stands.forget_after(tick)
        target = max(self._begin, tick - self._margin)
        with _closed_unless_done(wire):
            here = self._ask(wire, Settle(target, stage), Tick, (self._begin, target)).tick
        stand = Stand(here, Checkpoint(None, wire.connection))
        self._stands.add(stand)
        return stand

    def _from(self, stand: Stand | None) -> tuple[int, Wire[PlaceAnswer]]:
        """A copy of one that sleeps, or of this process, and its tick."""
        if stand is not None:
            return stand.tick, Wire(stand.copy.wake(), answers)
        return self._begin, self._copy()

    def _copy(self) -> Wire[PlaceAnswer]:
        """A copy of this process, which stands at the checkpoint."""
        ours, theirs = socket.socketpair()
        spawn(Place(self._vm, theirs).serve, theirs, ours)
        return Wire(ours, answers)

    # --- asking copies ---

    def _at_cursor(self, request: Goto | Step | ReadMemory, kind: type[A], begin: int = 0) -> A:
        """Ask the cursor; it looks from `begin` on, where that may take long."""
        if self._cursor is None:
            self._go(self._tick)
        assert self._cursor is not None  # noqa: S101 - it was made there
        return self._ask(self._cursor, request, kind, (begin, self._task.until))

    def _ask(
        self,
        wire: Wire[PlaceAnswer],
        request: PlaceRequest,
        kind: type[A],
        span: tuple[int, int] = (0, 0),
        done: int = 0,
    ) -> A:
        """Ask a copy.

        Args:
            wire: to the copy.
            request: what is asked.
            kind: of the answer.
            span: the ticks between which it runs, so that the client sees how far it has come.
            done: ticks of it that had been run before, less those that the copy will not run.
        """

        def reached(tick: int) -> None:
            at, begin, end = (moment / self._vm.tsc_hz for moment in (tick + done, *span))
            self._wire.send(Progress(self._visit.id, at, begin, end))

        return ask(wire, request, kind, self._watch, reached)

    def _watch(self) -> None:
        """Look whether the answer is still wanted.

        Raises:
            Abandoned: the visit is over.
            StepCancelledError: that request has been cancelled.
        """
        self._wire.check()
        if any(isinstance(request, Cancel) and request.question == self._answering for request in self._wire.come()):
            raise StepCancelledError


@contextmanager
def _closed_unless_done(wire: Wire[PlaceAnswer]) -> Iterator[None]:
    """Close a connection when an exception comes."""
    try:
        yield
    except BaseException:
        wire.close()
        raise
