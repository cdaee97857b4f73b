# SPDX-License-Identifier: GPL-2.0-or-later
"""One connected client as the VM process sees it: its requests in, its events out, never waiting for it."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterable

import msgspec

from engine.errors import VptopError
from engine.probes.frame import Frame
from engine.probes.printed import LogPart, joined, without_beginning
from engine.vm import protocol
from engine.vm.protocol import Event, FrameMessage, Inbox, Request

QUEUE_EVENTS = 1000
"""As many replies and notices may wait for a client; a client that is further behind is disconnected."""
FOLDED_TEXT = 1 << 20
"""Characters of log or console text that a folded Frame keeps; the oldest are dropped."""


class PeerGone(VptopError):  # noqa: N818 - a state, not a malfunction
    """The client left, broke the protocol, or does not read. Close the peer."""


class Peer:
    """Non-blocking: `receive` when the socket can be read, `flush` when it can be written."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(0)
        self.connection = connection
        self._inbox: Inbox[Request] = Inbox(protocol.requests, protocol.REQUEST_BYTES)
        self._queue: deque[memoryview] = deque()
        self._frame: FrameMessage | None = None

    @property
    def waiting(self) -> bool:
        """True while there is something to send."""
        return bool(self._queue) or self._frame is not None

    def receive(self) -> Iterable[Request]:
        """The requests that have arrived.

        Raises:
            PeerGone: the connection ended or carried something else.
        """
        try:
            data = self.connection.recv(1 << 16)
        except BlockingIOError:
            return []
        except OSError as error:
            raise PeerGone(str(error)) from error
        if not data:
            raise PeerGone("left")
        try:
            return list(self._inbox.feed(data))
        except protocol.ProtocolError as error:
            raise PeerGone(str(error)) from error

    @property
    def behind(self) -> int:
        """How many events wait to be sent."""
        return len(self._queue)

    def send(self, event: Event | bytes) -> None:
        """Queue an event, encoded or not, and send what can be sent. A Frame is folded into one that still waits.

        Raises:
            PeerGone: the connection broke, or too much waits.
        """
        if isinstance(event, FrameMessage):
            self._frame = fold(self._frame, event) if self._frame else event
        else:
            self._push(event)
            if len(self._queue) > QUEUE_EVENTS:
                raise PeerGone("does not read")
        self.flush()

    def flush(self) -> None:
        """Send as much as the socket takes now.

        Raises:
            PeerGone: the connection broke.
        """
        while self.waiting:
            if not self._queue and self._frame is not None:
                self._push(self._frame)
                self._frame = None
            try:
                sent = self.connection.send(self._queue[0])
            except BlockingIOError:
                return
            except OSError as error:
                raise PeerGone(str(error)) from error
            if sent == len(self._queue[0]):
                self._queue.popleft()
            else:
                self._queue[0] = self._queue[0][sent:]

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _push(self, event: Event | bytes) -> None:
        self._queue.append(memoryview(event if isinstance(event, bytes) else protocol.encode(event)))


def fold(older: FrameMessage, newer: FrameMessage) -> FrameMessage:
    """The newer Frame, with the text of both: printed text is sent once, whatever the client missed."""
    return FrameMessage(fold_frames(older.frame, newer.frame), older.folded + newer.folded + 1)


def fold_frames(older: Frame, newer: Frame) -> Frame:
    """The newer Frame, of the time of both, with the log and console text of both."""
    log = _newest(older.log + newer.log)
    parts = joined(older.log, older.log_parts, newer.log, newer.log_parts)
    return msgspec.structs.replace(
        newer,
        began=older.began,
        log=log,
        log_parts=_parts_of_newest(parts, len(older.log) + len(newer.log)),
        console=_newest(older.console + newer.console),
    )


def _newest(text: str) -> str:
    return f"{_lost(len(text))}{text[-FOLDED_TEXT:]}"


def _lost(size: int) -> str:
    return f"[{size - FOLDED_TEXT} characters not kept]\n" if size > FOLDED_TEXT else ""


def _parts_of_newest(parts: tuple[LogPart, ...], size: int) -> tuple[LogPart, ...]:
    note = _lost(size)
    return (LogPart(len(note)), *without_beginning(parts, size - FOLDED_TEXT)) if note and parts else parts
