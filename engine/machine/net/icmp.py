# SPDX-License-Identifier: GPL-2.0-or-later
"""Echo by the Internet Control Message Protocol (RFC 792)."""

from __future__ import annotations

import struct

from engine.machine.net.checksum import internet_checksum

ECHO_REPLY, ECHO_REQUEST = 0, 8
_HEADER = struct.Struct(">BBH")
_ECHO_BYTES = 8


def answer(message: bytes) -> bytes | None:
    """The reply to an echo request; None for a damaged one and for any other message."""
    if len(message) < _ECHO_BYTES or message[0] != ECHO_REQUEST or message[1] or internet_checksum(message):
        return None
    rest = message[_HEADER.size :]
    return _HEADER.pack(ECHO_REPLY, 0, internet_checksum(_HEADER.pack(ECHO_REPLY, 0, 0) + rest)) + rest
