# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages on the socket, whole and in pieces."""

from __future__ import annotations

import pytest

from engine.vm import protocol
from engine.vm.protocol import GuestChanged, Inbox, Load, Pause, ProtocolError, Request, Unload

MESSAGES: list[Request] = [Load(1, "a.vp", "(vprobe In)"), Pause(2), Unload(3, "a.vp")]
STREAM = b"".join(protocol.encode(message) for message in MESSAGES)


@pytest.mark.parametrize("size", [1, 3, 7, len(STREAM)])
def test_messages_arrive_however_the_stream_is_cut(size: int) -> None:
    inbox = Inbox(protocol.requests, 1 << 20)
    found = [m for at in range(0, len(STREAM), size) for m in inbox.feed(STREAM[at : at + size])]
    assert found == MESSAGES


def test_a_message_that_is_too_long_is_refused_before_it_arrives() -> None:
    with pytest.raises(ProtocolError, match="message of 2000 bytes; the limit is 1000"):
        list(Inbox(protocol.requests, 1000).feed((2000).to_bytes(4, "big")))


def test_an_event_is_no_request() -> None:
    event = protocol.encode(GuestChanged("Linux", "", ""))
    assert list(Inbox(protocol.events, 1000).feed(event)) == [GuestChanged("Linux", "", "")]
    with pytest.raises(ProtocolError, match="not a message"):
        list(Inbox(protocol.requests, 1000).feed(event))
