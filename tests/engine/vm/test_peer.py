# SPDX-License-Identifier: GPL-2.0-or-later
"""A client connection of the VM process: framing, back-pressure, bad clients."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import msgspec
import pytest

from engine.probes.frame import Frame
from engine.probes.printed import LogPart
from engine.vm import peer as module
from engine.vm import protocol
from engine.vm.peer import Peer, PeerGone, fold
from engine.vm.protocol import Event, FrameMessage, Inbox, Notice, Pause, ProtocolError, Reply

Wire = tuple[Peer, socket.socket]


@pytest.fixture
def wire() -> Iterator[Wire]:
    ours, theirs = socket.socketpair()
    peer = Peer(ours)
    with theirs:
        yield peer, theirs
    peer.close()


def frame(number: int, log: str = "", console: str = "") -> FrameMessage:
    return FrameMessage(
        Frame(
            frame=number,
            guest_seconds=float(number),
            wall_seconds=0.0,
            blocks=0,
            interrupts=0,
            tsc=0,
            tsc_hz=1,
            scripts=(),
            aggregates={},
            errors=(),
            log=log,
            console=console,
            began=number,
        )
    )


def read_all(theirs: socket.socket, peer: Peer) -> list[Event]:
    """Everything the peer has to send, read as fast as it comes."""
    inbox: Inbox[Event] = Inbox(protocol.events, protocol.EVENT_BYTES)
    theirs.settimeout(0)
    got: list[Event] = []
    while True:
        peer.flush()
        try:
            got += inbox.feed(theirs.recv(1 << 20))
        except BlockingIOError:
            if not peer.waiting:
                return got


def test_requests_arrive_however_they_are_cut(wire: Wire) -> None:
    peer, theirs = wire
    data = protocol.encode(Pause(7)) + protocol.encode(Pause(8))
    got: list[object] = []
    for byte in data:
        theirs.send(bytes([byte]))
        got += peer.receive()
    assert got == [Pause(7), Pause(8)]


def test_a_client_that_does_not_read_gets_one_frame_with_all_the_text(wire: Wire) -> None:
    peer, theirs = wire
    peer.send(frame(0, log="x" * (4 << 20)))  # more than the socket takes
    for number in range(1, 6):
        peer.send(frame(number, log=f"{number};", console=f"<{number}>"))
    first, last = read_all(theirs, peer)
    assert isinstance(first, FrameMessage)
    assert isinstance(last, FrameMessage)
    assert first.frame.frame == 0
    assert (last.frame.frame, last.folded) == (5, 4)
    assert last.frame.log == "1;2;3;4;5;"
    assert last.frame.began == 1
    assert last.frame.console == "<1><2><3><4><5>"


def test_replies_are_never_folded(wire: Wire) -> None:
    peer, theirs = wire
    peer.send(frame(0, log="x" * (4 << 20)))
    for number in range(20):
        peer.send(Reply(number, ok=True))
    assert [event.id for event in read_all(theirs, peer) if isinstance(event, Reply)] == list(range(20))


def test_folded_text_is_bounded_and_says_so() -> None:
    big = "y" * module.FOLDED_TEXT
    folded = fold(frame(1, log=big), frame(2, log="end"))
    assert folded.frame.log.startswith("[3 characters not kept]\n")
    assert folded.frame.log.endswith("yend")
    assert len(folded.frame.log) < module.FOLDED_TEXT + 100


def test_folded_text_keeps_its_parts() -> None:
    older = FrameMessage(msgspec.structs.replace(frame(1, log="old\n").frame, log_parts=(LogPart(4, probe="In"),)))
    newer = FrameMessage(msgspec.structs.replace(frame(2, log="new\n").frame, log_parts=(LogPart(4, probe="Out"),)))
    assert [part.probe for part in fold(older, newer).frame.log_parts] == ["In", "Out"]
    big = "y" * (module.FOLDED_TEXT - 1)
    found = fold(older, frame(3, log=big)).frame
    assert sum(part.size for part in found.log_parts) == len(found.log)
    assert [part.probe for part in found.log_parts] == ["", "In", ""]
    assert found.log_parts[1].size == 1


def test_a_client_that_never_reads_replies_is_let_go(wire: Wire) -> None:
    peer, _ = wire

    def flood() -> None:
        for _ in range(20000):
            peer.send(Notice("information", "z" * 1000))

    with pytest.raises(PeerGone, match="does not read"):
        flood()


def test_a_client_that_leaves(wire: Wire) -> None:
    peer, theirs = wire
    theirs.close()
    with pytest.raises(PeerGone):
        peer.receive()


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xff", b"\0\0\0\1\xc1", b"\0\0\0\7\x92\xa5pause"],
    ids=["http", "too long", "not msgpack", "cut short"],
)
def test_nonsense_ends_the_connection_and_nothing_else(wire: Wire, data: bytes) -> None:
    peer, theirs = wire
    theirs.send(data)
    with pytest.raises(PeerGone):
        list(peer.receive())


def test_every_event_survives_the_wire() -> None:
    inbox: Inbox[Event] = Inbox(protocol.events, protocol.EVENT_BYTES)
    message = frame(3, log="caf\u00e9 \x1b")
    (back,) = inbox.feed(protocol.encode(message))
    assert back == message


def test_an_event_of_the_wrong_shape_is_a_protocol_error() -> None:
    inbox: Inbox[Event] = Inbox(protocol.events, protocol.EVENT_BYTES)
    body = msgspec.msgpack.encode({"type": "reply", "id": "seven"})
    with pytest.raises(ProtocolError):
        list(inbox.feed(len(body).to_bytes(4, "big") + body))
