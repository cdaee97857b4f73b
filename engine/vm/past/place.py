# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of the machine at a place in guest time: moves forward, describes itself, searches from there on."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from engine.errors import VptopError
from engine.vm.past import priority
from engine.vm.past.checkpoint import Checkpoint, Watch, scout, sleep
from engine.vm.past.messages import MOST_BYTES, Memory, ReadMemory, Step, Unit, View
from engine.vm.past.search import NEVER, Walk, last_before, retrace
from engine.vm.past.wire import Wire

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

_REPORTS = 10
"""Times in a guest second that a place tells how far it has come."""
_WORTH = 0.1
"""Seconds for which it is worth while to leave a copy, so that they need not be run again."""


class Goto(msgspec.Struct, tag="goto", frozen=True):
    """Run to a tick, from a checkpoint that was made at `since`. Steps go no further than `until`."""

    tick: int
    since: int
    until: int


class LastBefore(msgspec.Struct, tag="last", frozen=True):
    """Find the latest event of a kind from here to before a tick, without moving."""

    unit: Unit
    before: int
    begin: int = 0
    """go there first"""
    end: int = 0
    """tick up to which it is looked for; 0: `before`"""


class Retrace(msgspec.Struct, tag="retrace", frozen=True):
    """As `LastBefore` over a long span. Where there is one, this connection leads to a place before it then."""

    unit: Unit
    before: int


class Settle(msgspec.Struct, tag="settle", frozen=True):
    """Run to a tick, unless this is later, and sleep there: this connection controls a Checkpoint then."""

    tick: int
    stage: int = 0
    """ticks after which this sleeps already, once that is worth while; 0: not before it is there"""


class Reached(msgspec.Struct, tag="reached", frozen=True):
    """How far a long search has come, or a long way."""

    tick: int


class Tick(msgspec.Struct, tag="tick", frozen=True):
    """What was found, or where it has settled; -1: there is no such event."""

    tick: int


class Refusal(msgspec.Struct, tag="refusal", frozen=True):
    """It cannot be done."""

    message: str


PlaceRequest: TypeAlias = Goto | LastBefore | Retrace | Settle | Step | ReadMemory
PlaceAnswer: TypeAlias = View | Memory | Reached | Tick | Refusal
_requests: msgspec.msgpack.Decoder[PlaceRequest] = msgspec.msgpack.Decoder(PlaceRequest)
answers: msgspec.msgpack.Decoder[PlaceAnswer] = msgspec.msgpack.Decoder(PlaceAnswer)
A = TypeVar("A", bound=PlaceAnswer)


class MomentLostError(VptopError):
    """The process that stood at the visited moment has ended. Visit it again."""


def ask(
    wire: Wire[PlaceAnswer], request: PlaceRequest, kind: type[A], watch: Watch, reached: Callable[[int], object]
) -> A:
    """Ask a place, and wait for its answer.

    Args:
        wire: to the place.
        request: what is asked.
        kind: of the answer.
        watch: looks whether it is still wanted.
        reached: called with the tick that a long search has come to.

    Raises:
        MomentLostError: it cannot answer, or its process has ended.
    """
    wire.send(request)
    for answer in wire.messages(watch):
        if isinstance(answer, Reached):
            watch()
            reached(answer.tick)
        elif isinstance(answer, kind):
            return answer
        elif isinstance(answer, Refusal):
            raise MomentLostError(answer.message)
    raise MomentLostError("the process that stood at this moment ended; visit it again")


class Place:
    """Serves one connection; ends when it closes."""

    def __init__(self, vm: GuestSession, connection: socket.socket) -> None:
        self._vm = vm
        self._wire = Wire(connection, _requests)
        self._since = self._until = 0
        self._console = self._log = ""
        """all since the checkpoint"""
        self._handlers: dict[type, Callable[..., PlaceAnswer | None]] = {
            Goto: self._goto,
            LastBefore: self._last,
            Retrace: self._retrace,
            Settle: self._settle,
            Step: self._step,
            ReadMemory: self._read,
        }
        """None: the connection has been given another purpose"""

    def serve(self) -> None:
        """Answer until the connection closes, or is given another purpose.

        Raises:
            OSError: the other side has gone.
        """
        for request in self._wire.messages():
            if not self._answer(partial(self._handlers[type(request)], request)):
                return

    def _answer(self, act: Callable[[], PlaceAnswer | None]) -> bool:
        """Send an answer; returns whether this goes on."""
        try:
            answer = act()
        except VptopError as error:
            answer = Refusal(str(error))
        if answer is not None:
            self._wire.send(answer)
        return answer is not None

    def _serve_copy(self, connection: socket.socket) -> None:
        """What a copy of this does that is woken."""
        Place(self._vm, connection).serve()

    def _settle(self, request: Settle) -> None:
        vm, due = self._vm, time.monotonic() + _WORTH
        stage = vm.ticks + request.stage if request.stage else request.tick
        while vm.ticks < request.tick and (vm.ticks < stage or time.monotonic() < due):
            self._run_to(min(request.tick, vm.ticks + vm.tsc_hz // _REPORTS))
            self._wire.send(Reached(vm.ticks))  # fails when the visit is over
        self._wire.send(Tick(vm.ticks))
        sleep(self._wire.connection, self._serve_copy)

    def _retrace(self, request: Retrace) -> None:
        latest: tuple[Checkpoint, float] | None = None

        def find(stand: Checkpoint, first: int, last: int) -> tuple[int, Checkpoint] | None:
            wire = left.enter_context(closing(Wire(stand.wake(), answers)))
            wanted = LastBefore(request.unit, request.before, first, last)
            tick = ask(wire, wanted, Tick, watch, lambda _: None).tick
            if tick == NEVER:
                return None
            ask(wire, Settle(first), Tick, watch, lambda _: None)  # where it is already
            return tick, Checkpoint(None, wire.connection)

        def leave() -> Checkpoint:
            nonlocal latest
            if latest is None or time.monotonic() - latest[1] > _WORTH:
                latest = left.enter_context(closing(Checkpoint.take(self._serve_copy))), time.monotonic()
            return latest[0]

        watch = self._wire.check
        walk = replace(self._walk(request.unit), watch=self._reach)
        with ExitStack() as left:
            found = retrace(walk, request.before, leave, find)
            self._wire.send(Tick(found[0] if found else NEVER))
            if found is not None:
                found[1].hand_over(self._wire.connection)

    def _goto(self, request: Goto) -> View:
        self._since, self._until = request.since, request.until
        self._run_to(request.tick)
        return self._view()

    def _last(self, request: LastBefore) -> Tick:
        self._run_to(request.begin)
        return Tick(last_before(self._walk(request.unit), request.before, request.end))

    def _step(self, request: Step) -> View:
        vm, found = self._vm, False
        while vm.ticks < self._until:
            found = vm.run_to_next(request.unit, min(self._until, vm.ticks + vm.tsc_hz // _REPORTS))
            if found:
                break
            priority.lower_when_long()
            self._reach()
        return self._view("" if found else f"no later {request.unit} in the past that is known")

    def _read(self, request: ReadMemory) -> Memory:
        size = min(request.size, MOST_BYTES)
        return Memory(request.address, self._vm.read_memory(request.address, size, request.cpu))

    def _view(self, note: str = "") -> View:
        pid, process = json.loads(scout(self._process))
        frame = self._vm.frame()
        self._console += frame.console
        self._log += frame.log
        stacks = [self._vm.stack(cpu) for cpu in range(self._vm.vcpus)]
        return View(
            tick=self._vm.ticks,
            block=self._vm.blocks,
            frame=msgspec.structs.replace(frame, asked=True, console=self._console, log=self._log),
            stacks=tuple(tuple(address for address, _ in stack) for stack in stacks),
            places=tuple(tuple(place for _, place in stack) for stack in stacks),
            process=process,
            pid=pid,
            since=self._since,
            note=note,
        )

    def _process(self) -> bytes:
        """Process id and name, as JSON; evaluated in a copy, so that no script is left here."""
        from engine.vm.evaluator import Evaluator

        evaluator = Evaluator(self._vm)
        pid, name = (evaluator.evaluate(call).value for call in ("(curpid)", "(curprocname)"))
        return json.dumps((pid if isinstance(pid, int) else 0, name if isinstance(name, str) else "")).encode()

    def _reach(self) -> None:
        """Tell how far this has come; ends the search when nobody wants its answer."""
        self._wire.check()
        self._wire.send(Reached(self._vm.ticks))

    def _run_to(self, tick: int) -> None:
        priority.lower_when_long()
        self._vm.run_to(tick)

    def _walk(self, unit: Unit) -> Walk:
        vm = self._vm
        return Walk(lambda: vm.ticks, self._run_to, lambda: vm.events(unit), vm.tsc_hz // 50_000, self._wire.check)
