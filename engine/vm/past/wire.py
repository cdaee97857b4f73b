# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages over the connection between a VM process and a process that runs seconds again; both may block."""

from __future__ import annotations

import select
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from engine.vm import protocol
from engine.vm.past.checkpoint import WATCH, Watch

_CHUNK = 1 << 18
M = TypeVar("M")


class Abandoned(protocol.ProtocolError):
    """Whoever asked does not want the answer any more. End."""


class Wire(Generic[M]):
    """One end of a connection."""

    def __init__(self, connection: socket.socket, decoder: msgspec.msgpack.Decoder[M]) -> None:
        self.connection = connection
        self._inbox = protocol.Inbox(decoder, protocol.EVENT_BYTES)
        self._come: deque[M] = deque()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def send(self, message: msgspec.Struct) -> None:
        """Send a message.

        Raises:
            OSError: the other side has gone.
        """
        self.connection.sendall(protocol.encode(message))

    def messages(self, watch: Watch = lambda: None) -> Iterator[M]:
        """Messages until the other side closes.

        Args:
            watch: called every WATCH seconds while none comes; what it raises ends this.
        """
        while True:
            while self._come:
                yield self._come.popleft()
            if not (data := self._receive(watch)):
                return
            self._come.extend(self._inbox.feed(data))

    def come(self) -> Sequence[M]:
        """Messages that have come and that `messages` has yet to yield; does not wait.

        Raises:
            Abandoned: the other side has closed.
        """
        while select.select([self.connection], [], [], 0)[0]:
            if not (data := self._receive(lambda: None)):
                raise Abandoned("closed")
            self._come.extend(self._inbox.feed(data))
        return self._come

    def _receive(self, watch: Watch) -> bytes:
        while not select.select([self.connection], [], [], WATCH)[0]:
            watch()
        try:
            return self.connection.recv(_CHUNK)
        except OSError:
            return b""

    def check(self) -> None:
        """Look whether the other side is still there (poll(2)), whatever it has sent before.

        Raises:
            Abandoned: it has closed.
        """
        poll = select.poll()
        poll.register(self.connection, 0)
        if poll.poll(0):  # a connection that has been closed is reported, wanted or not
            raise Abandoned("closed")
