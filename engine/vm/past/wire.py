# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages over the connection between a VM process and a process that runs seconds again; both may block."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from engine.vm import protocol

_CHUNK = 1 << 18
M = TypeVar("M")


class Abandoned(protocol.ProtocolError):
    """Whoever asked does not want the answer any more. End."""


class Wire(Generic[M]):
    """One end of a connection."""

    def __init__(self, connection: socket.socket, decoder: msgspec.msgpack.Decoder[M]) -> None:
        self.connection = connection
        self._inbox = protocol.Inbox(decoder, protocol.EVENT_BYTES)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def send(self, message: msgspec.Struct) -> None:
        """Send a message.

        Raises:
            OSError: the other side has gone.
        """
        self.connection.sendall(protocol.encode(message))

    def messages(self) -> Iterator[M]:
        """Messages until the other side closes."""
        while data := self._receive():
            yield from self._inbox.feed(data)

    def _receive(self) -> bytes:
        try:
            return self.connection.recv(_CHUNK)
        except OSError:
            return b""

    def check(self) -> None:
        """Look whether the other side is still there.

        Raises:
            Abandoned: it has closed.
        """
        try:
            if not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                raise Abandoned("closed")
        except BlockingIOError:
            return
        except OSError as error:
            raise Abandoned(str(error)) from error
