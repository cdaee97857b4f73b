# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that is visited: a copy of the machine that stands still there, and can be stepped both ways.

The process that was woken stays at its checkpoint. A sleeping copy of it waits shortly before the moment (`near`), and
a copy of that stands at the moment (`cursor`). To step backward, the earlier event is searched from `near`, or else
from the checkpoint, and a new cursor goes there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.errors import VptopError
from engine.vm.past.checkpoint import Checkpoint, spawn
from engine.vm.past.messages import Memory, ReadMemory, Step, View, Visit
from engine.vm.past.place import Goto, LastBefore, Place, PlaceAnswer, Refusal, Tick, answers
from engine.vm.past.search import NEVER
from engine.vm.past.wire import Abandoned, Wire
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.past.task import Incoming, Task
    from engine.vm.session import GuestSession

_MARGIN_MS = 20
"""Guest time by which `near` is before the moment."""
A = TypeVar("A", bound=PlaceAnswer)


class TooEarly(VptopError):  # noqa: N818 - an answer, not a malfunction
    """There is no such event since the checkpoint that the visit began at. Visit an earlier moment."""


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
        self._tick = 0

    def serve(self, requests: Iterator[Incoming]) -> Reply:
        """Answer until the connection closes.

        Raises:
            VptopError: the moment cannot be visited.
            Abandoned: the visit is over.
        """
        visit = self._task.question
        assert isinstance(visit, Visit)  # noqa: S101 - by the caller
        self._vm.run_again(self._task.inputs)
        if visit.source:
            self._vm.load(visit.source, visit.name)
        self._wire.send(self._reply(visit.id, lambda: self._go(visit.tick)))
        for request in requests:
            if isinstance(request, Step):
                self._wire.send(self._reply(request.id, lambda step=request: self._step(step)))  # type: ignore[misc]
            elif isinstance(request, ReadMemory):
                self._wire.send(self._reply(request.id, lambda read=request: self._at_cursor(read, Memory)))  # type: ignore[misc]
        raise Abandoned("closed")

    def _reply(self, request: int, act: Callable[[], View | Memory]) -> Reply:
        try:
            return Reply(request, ok=True, past=act())
        except VptopError as error:
            return Reply(request, ok=False, message=str(error))

    # --- moving ---

    def _step(self, step: Step) -> View:
        if not step.backward:
            view = self._at_cursor(step, View)
            self._tick = view.tick
            return view
        if step.unit == "second":
            return self._second_before()
        found = self._ask(self._wake_near(), LastBefore(step.unit, self._tick), Tick).tick
        if found == NEVER:
            found = self._ask(self._copy(), LastBefore(step.unit, self._near_tick), Tick).tick
        if found == NEVER:
            raise TooEarly(self._too_early(step.unit))
        return self._go(found)

    def _second_before(self) -> View:
        """Go to the whole second before; a moment is at the end of the block in which its second began."""
        here, hz = self._tick, self._vm.tsc_hz
        whole = (here - 1) // hz * hz
        view = self._go(self._begin if whole <= self._begin < here else whole)
        return view if view.tick < here else self._go(whole - hz)

    def _too_early(self, what: str) -> str:
        return f"no earlier {what} since the checkpoint at {self._begin / self._vm.tsc_hz:g} s; visit an earlier moment"

    def _go(self, tick: int) -> View:
        """Let a new cursor go to a tick."""
        if tick < self._begin:
            raise TooEarly(self._too_early("moment"))
        near = self._near_tick
        if self._near is None or not near <= tick <= near + 4 * self._margin:
            self._place_near(max(self._begin, tick - self._margin))
        if self._cursor is not None:
            self._cursor.connection.close()
        self._cursor = Wire(self._wake_near(), answers)
        view = self._at_cursor(Goto(tick, self._begin, self._task.until), View)
        self._tick = view.tick
        return view

    def _place_near(self, tick: int) -> None:
        if self._near is not None:
            self._near.drop()
        vm = self._vm

        def begin(connection: socket.socket) -> None:
            Place(vm, connection).serve()

        def first() -> bytes:
            vm.run_to(tick)
            return b""

        self._near = Checkpoint.take(begin, first)
        self._near_tick = tick

    def _wake_near(self) -> socket.socket:
        assert self._near is not None  # noqa: S101 - it is placed before the first step
        return self._near.wake()

    def _copy(self) -> socket.socket:
        """A copy of this process, which stands at the checkpoint."""
        ours, theirs = socket.socketpair()
        spawn(Place(self._vm, theirs).serve, theirs, ours)
        return ours

    # --- asking copies ---

    def _at_cursor(self, request: Goto | Step | ReadMemory, kind: type[A]) -> A:
        assert self._cursor is not None  # noqa: S101 - it is made before the first request
        return self._answer(self._cursor, request, kind)

    def _ask(self, connection: socket.socket, request: LastBefore, kind: type[A]) -> A:
        with connection:
            return self._answer(Wire(connection, answers), request, kind)

    def _answer(self, wire: Wire[PlaceAnswer], request: msgspec.Struct, kind: type[A]) -> A:
        wire.send(request)
        for answer in wire.messages(self._wire.check):
            if isinstance(answer, kind):
                return answer
            if isinstance(answer, Refusal):
                raise TooEarly(answer.message)
        raise TooEarly("the process that stood at this moment ended; visit it again")
