# SPDX-License-Identifier: GPL-2.0-or-later
"""Passes questions of clients to processes that run seconds again, and their answers back, without waiting for either.

Answers are forwarded as they are; they are not read while the client is behind, so that the process waits.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from engine.probes.compiled_script import ScriptRefused
from engine.vm import protocol
from engine.vm.diagnostics import places_of
from engine.vm.options import MOST_PAST_MIB
from engine.vm.past.checkpoint import let_go_on
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Cancel, Keep, PastKept, PastRequest, Question, ReadMemory, Step, Visit, When
from engine.vm.past.past import check_condition, wake, wake_earlier
from engine.vm.past.task import Earlier, earlier
from engine.vm.peer import Peer
from engine.vm.protocol import Reply

if TYPE_CHECKING:
    from engine.vm.virtual_machine import VirtualMachine

MOST_QUESTIONS = 4
"""Questions and visits at the same time; each is a process."""
BEHIND = 32
"""Events that may wait for a client before answers are no longer read."""
FRAME_PRECISION = 1_000_000
"""Part of a second to which a Frame rounds its time: the end of a question may be so much after now."""
_CHUNK = 1 << 18


class _Head(msgspec.Struct):
    """What is looked at of an answer."""

    type: str
    id: int = 0


_heads = msgspec.msgpack.Decoder(_Head)


@dataclass(eq=False, slots=True)
class _Asked:
    """A question that is being answered."""

    peer: Peer
    id: int
    connection: socket.socket
    pending: dict[int, PastRequest]
    """requests without a Reply yet, by id"""
    is_visit: bool
    """it goes on after its Reply"""
    received: bytearray = field(default_factory=bytearray)
    is_read: bool = False

    def messages(self) -> Iterator[bytes]:
        """Whole messages of what was received."""
        while len(self.received) >= 4:
            size = 4 + int.from_bytes(self.received[:4], "big")
            if len(self.received) < size:
                return
            yield bytes(self.received[:size])
            del self.received[:size]


class Relay:
    """The questions of all clients of one VM process."""

    def __init__(
        self,
        vm: VirtualMachine,
        selector: selectors.BaseSelector,
        send: Callable[[Peer, bytes | protocol.Event], None],
    ) -> None:
        """`send` queues an event for a client, encoded or not."""
        self._vm = vm
        self._selector = selector
        self._send = send
        self._asked: list[_Asked] = []
        self._keeper = vm.keep_past() if vm.past_settings.seconds else None

    @property
    def kept(self) -> PastKept:
        """Which past is kept."""
        if self._keeper is None:
            return PastKept((), 0, 0, "no past is kept: the setting vptop.past.seconds is 0")
        return self._keeper.state

    def answer(self, peer: Peer, request: PastRequest) -> Reply | None:
        """Take a request; None when its Reply comes later.

        Raises:
            PastError: it cannot be answered.
        """
        if isinstance(request, Cancel):
            return self._cancel(peer, request)
        if isinstance(request, Keep):
            return self._keep(request)
        if isinstance(request, Question):
            return self._open(peer, request)
        self._pass_on(self._find(peer, request.visit), request)
        return None

    def _pass_on(self, asked: _Asked, request: Step | ReadMemory | Cancel) -> None:
        asked.pending[request.id] = request
        asked.connection.sendall(protocol.encode(request))

    def _cancel(self, peer: Peer, request: Cancel) -> Reply | None:
        for asked in self._asked:
            if asked.peer is peer and isinstance(asked.pending.get(request.question), Step):
                self._pass_on(asked, request)
                return None
        self._end(self._find(peer, request.question), "cancelled")
        return Reply(request.id, ok=True, message="cancelled")

    def _keep(self, request: Keep) -> Reply:
        if self._keeper is None:
            raise PastError(self.kept.failure)
        if not 1 <= request.mib <= MOST_PAST_MIB:
            raise PastError(f"{request.mib} MiB for the past: expected 1 to {MOST_PAST_MIB}")
        self._keeper.set_budget(request.mib)
        begin, count = self._keeper.state.moments[0], len(self._keeper.state.moments)
        kept = f"{count} checkpoint{'' if count == 1 else 's'}, since {begin:g} s"
        return Reply(request.id, ok=True, message=f"the past may take {request.mib} MiB; it has {kept}")

    def _open(self, peer: Peer, question: Question) -> Reply | None:
        if len(self._asked) >= MOST_QUESTIONS:
            raise PastError(f"{MOST_QUESTIONS} questions about the past are open; cancel one, or wait for its answer")
        if self._keeper is None:
            raise PastError(self.kept.failure)
        try:
            self._check(question)
        except ScriptRefused as refusal:
            places = places_of(refusal.diagnostics)
            return Reply(question.id, ok=False, message=refusal.message, diagnostics=places)
        now = self._vm.ticks
        if isinstance(question, Visit):
            begin, until = question.tick, now
        else:
            begin, until = self._tick(question.begin), self._tick(question.until) or now
            until = now if now < until <= now + self._vm.tsc_hz // FRAME_PRECISION else until
            if not begin < until <= now:
                raise PastError(
                    f"{question.begin:g} to {question.until:g} s: expected a begin before the end, and an end up to "
                    f"{self._vm.seconds:g} s, which is now"
                )
        connection = wake(self._keeper, question, begin, until)
        asked = _Asked(peer, question.id, connection, {question.id: question}, isinstance(question, Visit))
        self._asked.append(asked)
        self._read_from(asked)
        return None

    def _check(self, question: Question) -> None:
        if isinstance(question, When):
            check_condition(self._vm, question.condition, question.at)
        elif question.source:
            self._vm.check(question.source, question.name)

    def _tick(self, seconds: float) -> int:
        return round(seconds * self._vm.tsc_hz)

    def _find(self, peer: Peer, number: int) -> _Asked:
        for asked in self._asked:
            if asked.peer is peer and asked.id == number:
                return asked
        raise PastError("that question has been answered, or that visit has ended")

    # --- answers ---

    def _read_from(self, asked: _Asked) -> None:
        self._selector.register(asked.connection, selectors.EVENT_READ, lambda _: self._receive(asked))
        asked.is_read = True

    def _stop_reading(self, asked: _Asked) -> None:
        if asked.is_read:
            self._selector.unregister(asked.connection)
            asked.is_read = False

    def _receive(self, asked: _Asked) -> None:
        try:
            data = asked.connection.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        asked.received += data
        for message in asked.messages():
            head = _heads.decode(message[4:])
            if head.type == "earlier":
                self._go_on_earlier(asked, earlier.decode(message[4:]))
                return
            if head.type == "reply":
                asked.pending.pop(head.id, None)
            self._send(asked.peer, message)
        if not asked.pending and not asked.is_visit:
            self._end(asked, "")
        elif not data:
            self._end(asked, "the process that ran these seconds again ended without an answer; ask again")
        elif asked.peer.behind > BEHIND:
            self._stop_reading(asked)

    def _go_on_earlier(self, asked: _Asked, step: Earlier) -> None:
        """Let an earlier checkpoint go on with a visit."""
        assert self._keeper is not None  # noqa: S101 - the visit began at one of its checkpoints
        try:
            connection = wake_earlier(self._keeper, step)
        except PastError as error:
            asked.pending.pop(step.id, None)
            self._send(asked.peer, Reply(step.id, ok=False, message=str(error)))
            return
        self._stop_reading(asked)
        asked.connection.close()
        asked.connection = connection
        asked.received.clear()
        for request in [request for request in asked.pending.values() if request.id != step.id]:
            connection.sendall(protocol.encode(request))  # the one before did not come to it
        self._read_from(asked)

    def caught_up(self, peer: Peer) -> None:
        """Go on reading answers for a client that may have read."""
        for asked in self._asked:
            if asked.peer is peer and not asked.is_read and peer.behind <= BEHIND:
                self._read_from(asked)

    def leave(self, peer: Peer) -> None:
        """A client has gone: its questions are not answered any more."""
        for asked in [asked for asked in self._asked if asked.peer is peer]:
            asked.pending.clear()
            self._end(asked, "")

    def close(self) -> None:
        """End every question."""
        for asked in list(self._asked):
            self._end(asked, "the virtual machine was powered off")

    def _end(self, asked: _Asked, reason: str) -> None:
        if asked not in self._asked:
            return
        self._asked.remove(asked)
        self._stop_reading(asked)
        asked.connection.close()
        let_go_on()
        for request in sorted(asked.pending):
            self._send(asked.peer, Reply(request, ok=False, message=reason))
