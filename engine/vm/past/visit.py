# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that is visited: a copy of the machine that stands still there, and can be stepped both ways.

The process that was woken stays at its checkpoint. A sleeping copy of it waits shortly before the moment (`near`), and
a copy of that stands at the moment (`cursor`). To step backward, the earlier event is searched from `near`, or else
from the checkpoint by a copy that leaves others on its way, one of which becomes `near`; and a new cursor goes there.
Where there is none since the checkpoint, the one before goes on with the step, in a process of its own, and the visit
goes on there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
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
from engine.vm.past.task import Earlier
from engine.vm.past.wire import Abandoned, Wire
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.past.task import Incoming, Task
    from engine.vm.session import GuestSession

_MARGIN_MS = 20
"""Guest time by which `near` is before the moment."""
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
        self._near: Checkpoint | None = None
        self._near_tick = 0
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
        if self._near is not None:
            self._near.close()

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
        with closing(Wire(self._near_to(self._tick).wake(), answers)) as wire:
            found = self._ask(wire, LastBefore(unit, self._tick), Tick).tick
        if found == NEVER:
            wire = self._copy()
            found = self._ask(wire, Retrace(unit, self._near_tick), Tick, (self._begin, self._near_tick)).tick
            if found == NEVER:
                wire.close()
                return None
            self._settle(wire, found)
        return self._go(found)

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
        self._cursor = Wire(near.wake(), answers)
        view = self._at_cursor(Goto(tick, self._begin, self._task.until), View)
        self._tick = view.tick
        return view

    def _near_to(self, tick: int) -> Checkpoint:
        """The copy that waits shortly before a tick; a new one goes there from where the nearest is."""
        if self._near is None or self._near_tick > tick:
            return self._settle(self._copy(), tick)
        if tick > self._near_tick + _FAR * self._margin:
            return self._settle(Wire(self._near.wake(), answers), tick)
        return self._near

    def _settle(self, wire: Wire[PlaceAnswer], tick: int) -> Checkpoint:
        """Let a place go on to shortly before a tick, and wait there instead of the copy that did."""
        target = max(self._begin, tick - self._margin)
        self._near_tick = self._ask(wire, Settle(target), Tick, (self._begin, target)).tick
        if self._near is not None:
            self._near.drop()
        self._near = Checkpoint(None, wire.connection)
        return self._near

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

    def _ask(self, wire: Wire[PlaceAnswer], request: PlaceRequest, kind: type[A], span: tuple[int, int] = (0, 0)) -> A:
        """Ask a copy; `span`: the ticks between which it runs, so that the client sees how far it has come."""

        def reached(tick: int) -> None:
            at, begin, end = (moment / self._vm.tsc_hz for moment in (tick, *span))
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
