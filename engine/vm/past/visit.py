# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that is visited: a copy of the machine that stands still there, and can be stepped both ways.

The process that was woken stays at its checkpoint. A sleeping copy of it waits shortly before the moment (`near`), and
a copy of that stands at the moment (`cursor`). To step backward, the earlier event is searched from `near`, or else
from the checkpoint, and a new cursor goes there. Where there is none since the checkpoint, the one before goes on with
the step, in a process of its own, and the visit goes on there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.errors import VptopError
from engine.vm.past.checkpoint import Checkpoint, spawn
from engine.vm.past.messages import Memory, Progress, ReadMemory, Step, Unit, View, Visit
from engine.vm.past.place import Goto, LastBefore, Place, PlaceAnswer, Refusal, Tick, answers
from engine.vm.past.search import NEVER
from engine.vm.past.task import Earlier
from engine.vm.past.wire import Abandoned, Wire
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.past.task import Incoming, Task
    from engine.vm.session import GuestSession

_MARGIN_MS = 20
"""Guest time by which `near` is before the moment."""
_REPORTS = 10
"""Times in a guest second that the copy tells how far it has come that goes to `near`."""
A = TypeVar("A", bound=PlaceAnswer)


class MomentLostError(VptopError):
    """The process that stood at the visited moment has ended. Visit it again."""


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
        raise Abandoned("closed")

    def _answer_to(self, request: int, act: Callable[[], View | Memory | Earlier]) -> None:
        try:
            found = act()
        except VptopError as error:
            self._wire.send(Reply(request, ok=False, message=str(error)))
        else:
            self._wire.send(found if isinstance(found, Earlier) else Reply(request, ok=True, past=found))

    # --- moving ---

    def _step(self, step: Step) -> View | Earlier:
        if not step.backward:
            view = self._at_cursor(step, View)
            self._tick = view.tick
            return view
        return (self._second_before() if step.unit == "second" else self._event_before(step.unit)) or self._before(step)

    def _event_before(self, unit: Unit) -> View | None:
        """Go to the event before; None: there is none since the checkpoint."""
        near = self._near or self._place_near(max(self._begin, self._tick - self._margin))
        found = self._ask(near.wake(), LastBefore(unit, self._tick), Tick).tick
        if found == NEVER:
            found = self._ask(self._copy(), LastBefore(unit, self._near_tick), Tick).tick
        return self._go(found) if found != NEVER else None

    def _second_before(self) -> View | None:
        """Go to the whole second before; a moment is at the end of the block in which its second began."""
        here, hz = self._tick, self._vm.tsc_hz
        whole = (here - 1) // hz * hz
        for tick in (whole, whole - hz):
            if tick < self._begin:
                return None
            view = self._go(tick)
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
        near = self._near
        if near is None or not self._near_tick <= tick <= self._near_tick + 4 * self._margin:
            near = self._place_near(max(self._begin, tick - self._margin))
        if self._cursor is not None:
            self._cursor.connection.close()
        self._cursor = Wire(near.wake(), answers)
        view = self._at_cursor(Goto(tick, self._begin, self._task.until), View)
        self._tick = view.tick
        return view

    def _place_near(self, tick: int) -> Checkpoint:
        if self._near is not None:
            self._near.drop()
        vm = self._vm

        def begin(connection: socket.socket) -> None:
            Place(vm, connection).serve()

        def first() -> Iterator[bytes]:
            while vm.ticks < tick:
                vm.run_to(min(tick, vm.ticks + vm.tsc_hz // _REPORTS))
                yield b"%d\n" % vm.ticks  # fails when the visit is over

        self._near = near = Checkpoint.take(begin, first)
        self._near_tick = tick
        return near

    def _copy(self) -> socket.socket:
        """A copy of this process, which stands at the checkpoint."""
        ours, theirs = socket.socketpair()
        spawn(Place(self._vm, theirs).serve, theirs, ours)
        return ours

    # --- asking copies ---

    def _at_cursor(self, request: Goto | Step | ReadMemory, kind: type[A]) -> A:
        if self._cursor is None:
            self._go(self._tick)
        assert self._cursor is not None  # noqa: S101 - it was made there
        return self._answer(self._cursor, request, kind)

    def _ask(self, connection: socket.socket, request: LastBefore, kind: type[A]) -> A:
        with connection:
            return self._answer(Wire(connection, answers), request, kind)

    def _answer(self, wire: Wire[PlaceAnswer], request: msgspec.Struct, kind: type[A]) -> A:
        wire.send(request)
        for answer in wire.messages(self._watch):
            if isinstance(answer, kind):
                return answer
            if isinstance(answer, Refusal):
                raise MomentLostError(answer.message)
        raise MomentLostError("the process that stood at this moment ended; visit it again")

    def _watch(self) -> None:
        """Look whether the visit is over, and tell how far the copy has come that goes to its moment."""
        self._wire.check()
        reached = self._near.report().split() if self._near is not None else []
        if reached:
            at, begin, until = (tick / self._vm.tsc_hz for tick in (int(reached[-1]), self._begin, self._near_tick))
            self._wire.send(Progress(self._visit.id, at, begin, until))
