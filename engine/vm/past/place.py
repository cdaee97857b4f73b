# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of the machine at a place in guest time: moves forward, describes itself, searches from there on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from engine.errors import VptopError
from engine.vm.past.checkpoint import scout
from engine.vm.past.messages import MOST_BYTES, Memory, ReadMemory, Step, Unit, View
from engine.vm.past.search import Walk, last_before, step_to_next
from engine.vm.past.wire import Wire

if TYPE_CHECKING:
    from engine.vm.session import GuestSession


class Goto(msgspec.Struct, tag="goto", frozen=True):
    """Run to a tick, from a checkpoint that was made at `since`. Steps go no further than `until`."""

    tick: int
    since: int
    until: int


class LastBefore(msgspec.Struct, tag="last", frozen=True):
    """Find the latest event of a kind from here to before a tick, without moving."""

    unit: Unit
    before: int


class Tick(msgspec.Struct, tag="tick", frozen=True):
    """What was found; -1: there is no such event."""

    tick: int


class Refusal(msgspec.Struct, tag="refusal", frozen=True):
    """It cannot be done."""

    message: str


PlaceRequest: TypeAlias = Goto | LastBefore | Step | ReadMemory
PlaceAnswer: TypeAlias = View | Memory | Tick | Refusal
_requests: msgspec.msgpack.Decoder[PlaceRequest] = msgspec.msgpack.Decoder(PlaceRequest)
answers: msgspec.msgpack.Decoder[PlaceAnswer] = msgspec.msgpack.Decoder(PlaceAnswer)


class Place:
    """Serves one connection; ends when it closes."""

    def __init__(self, vm: GuestSession, connection: socket.socket) -> None:
        self._vm = vm
        self._wire = Wire(connection, _requests)
        self._since = self._until = 0
        self._console = self._log = ""
        """all since the checkpoint"""
        self._handlers: dict[type, Callable[..., PlaceAnswer]] = {
            Goto: self._goto,
            LastBefore: self._last,
            Step: self._step,
            ReadMemory: self._read,
        }

    def serve(self) -> None:
        """Answer until the connection closes.

        Raises:
            OSError: the other side has gone.
        """
        for request in self._wire.messages():
            try:
                answer = self._handlers[type(request)](request)
            except VptopError as error:
                answer = Refusal(str(error))
            self._wire.send(answer)

    def _goto(self, request: Goto) -> View:
        self._since, self._until = request.since, request.until
        self._vm.run_to(request.tick)
        return self._view()

    def _last(self, request: LastBefore) -> Tick:
        return Tick(last_before(self._walk(request.unit), request.before))

    def _step(self, request: Step) -> View:
        hz = self._vm.tsc_hz
        if request.unit == "second":
            target = (self._vm.ticks // hz + 1) * hz
            self._vm.run_to(min(target, self._until))
            found = target <= self._until
        else:
            found = step_to_next(self._walk(request.unit), self._until)
        return self._view("" if found else f"no later {request.unit} in the past that is known")

    def _read(self, request: ReadMemory) -> Memory:
        size = min(request.size, MOST_BYTES)
        return Memory(request.address, self._vm.read_memory(request.address, size, request.cpu))

    def _view(self, note: str = "") -> View:
        pid, process = json.loads(scout(self._process))
        frame = self._vm.frame()
        self._console += frame.console
        self._log += frame.log
        return View(
            tick=self._vm.ticks,
            block=self._vm.blocks,
            frame=msgspec.structs.replace(frame, asked=True, console=self._console, log=self._log),
            stacks=tuple(tuple(self._vm.stack(cpu)) for cpu in range(self._vm.vcpus)),
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

    def _walk(self, unit: Unit) -> Walk:
        vm = self._vm
        return Walk(lambda: vm.ticks, vm.run_to, lambda: vm.events(unit), vm.tsc_hz // 50_000, self._wire.check)
