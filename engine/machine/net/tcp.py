# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP segments, and the listening side of an echo service (RFC 9293, RFC 862).

The wire loses nothing, but the peer's card may: what was not acknowledged is sent again when the peer repeats itself.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from engine.machine.net.checksum import internet_checksum
from engine.machine.net.ipv4 import TCP, Packet

ECHO_PORT = 7
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
_HEADER = struct.Struct(">HHIIBBHHH")
_NUMBERS = 1 << 32
_WINDOW = 8192
_LARGEST = 1460
_DEFAULT_LARGEST = 536
_MSS_OPTION = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment; sequence numbers are modulo 2**32."""

    source_port: int
    target_port: int
    sequence: int
    acknowledged: int
    flags: int
    window: int = _WINDOW
    data: bytes = b""
    largest: int | None = None
    """the maximum segment size option"""

    @property
    def length(self) -> int:
        """How many sequence numbers it takes."""
        return len(self.data) + bool(self.flags & SYN) + bool(self.flags & FIN)

    def packet(self, source: bytes, target: bytes) -> Packet:
        """The IPv4 packet that carries it."""
        option = b"" if self.largest is None else struct.pack(">BBH", _MSS_OPTION, 4, self.largest)
        offset = (_HEADER.size + len(option)) // 4 << 4
        numbers = (self.sequence % _NUMBERS, self.acknowledged % _NUMBERS, offset, self.flags, self.window)

        def image(total: int) -> bytes:
            return _HEADER.pack(self.source_port, self.target_port, *numbers, total, 0) + option + self.data

        bare = Packet(TCP, source, target, image(0))
        return replace(bare, payload=image(internet_checksum(bare.pseudo_header() + bare.payload)))


def decode(packet: Packet) -> Segment | None:
    """The segment in a packet; None when it is damaged."""
    data = packet.payload
    if len(data) < _HEADER.size or not packet.sum_is_right():
        return None
    source, target, sequence, acknowledged, offset, flags, window, _, _ = _HEADER.unpack_from(data)
    header = (offset >> 4) * 4
    if not _HEADER.size <= header <= len(data):
        return None
    largest = _read_largest(data[_HEADER.size : header])
    return Segment(source, target, sequence, acknowledged, flags & 0x3F, window, data[header:], largest)


def _read_largest(options: bytes) -> int | None:
    at = 0
    while at < len(options) and options[at]:
        size = 1 if options[at] == 1 else options[at + 1] if at + 1 < len(options) else 0
        if options[at] == _MSS_OPTION and size == 4:
            return int.from_bytes(options[at + 2 : at + 4], "big")
        if not size:
            break
        at += size
    return None


def refusal(segment: Segment) -> Segment | None:
    """The answer of a closed port (RFC 9293, 3.10.7.1): a reset."""
    if segment.flags & RST:
        return None
    ports = (segment.target_port, segment.source_port)
    if segment.flags & ACK:
        return Segment(*ports, segment.acknowledged, 0, RST, 0)
    return Segment(*ports, 0, segment.sequence + segment.length, RST | ACK, 0)


class EchoConnection:
    """One connection, from the SYN that opened it. Numbers are as in RFC 9293, 3.3.1."""

    def __init__(self, opening: Segment, initial: int) -> None:
        """`initial` is the first sequence number of ours."""
        self._opening = opening.sequence
        self._ports = (opening.target_port, opening.source_port)
        self._expected = (opening.sequence + 1) % _NUMBERS  # RCV.NXT
        self._first_unacknowledged = self._next = initial  # SND.UNA, SND.NXT
        self._window = opening.window
        self._largest = min(opening.largest or _DEFAULT_LARGEST, _LARGEST)
        self._pending = bytearray()
        """from SND.UNA on: sent and not acknowledged, then not sent yet"""
        self._synchronized = False
        self._ending = self._end_sent = False
        self.closed = False

    def _segment(self, flags: int, sequence: int, data: bytes = b"", largest: int | None = None) -> Segment:
        return Segment(*self._ports, sequence, self._expected, flags, _WINDOW, data, largest)

    def replaced_by(self, segment: Segment) -> bool:
        """Whether the peer has forgotten this connection, since it opens another one from the same port."""
        return segment.flags & (SYN | ACK) == SYN and segment.sequence != self._opening

    def open(self) -> list[Segment]:
        """SYN, also when it has to be repeated."""
        self._next = (self._first_unacknowledged + 1) % _NUMBERS
        return [self._segment(SYN | ACK, self._first_unacknowledged, largest=_LARGEST)]

    def take(self, segment: Segment) -> list[Segment]:
        """A segment from the peer; what it gets back."""
        if segment.flags & RST:
            self.closed = True
            return []
        if segment.flags & SYN:
            return self.open() if not self._synchronized else [self._segment(ACK, self._next)]
        if not segment.flags & ACK:
            return []
        self._acknowledge(segment)
        if self.closed or not self._synchronized:
            return []
        if segment.length and segment.sequence != self._expected:
            self._repeat()
        elif segment.length:
            self._expected = (self._expected + segment.length) % _NUMBERS
            self._pending += segment.data
            self._ending |= bool(segment.flags & FIN)
        answers = self._send()
        return answers or ([self._segment(ACK, self._next)] if segment.length else [])

    def _acknowledge(self, segment: Segment) -> None:
        self._window = segment.window
        done = (segment.acknowledged - self._first_unacknowledged) % _NUMBERS
        if done > (self._next - self._first_unacknowledged) % _NUMBERS:
            return  # not of anything we sent
        self._first_unacknowledged = segment.acknowledged
        if not self._synchronized:
            self._synchronized = done == 1
            return
        if self._end_sent and done > len(self._pending):
            self.closed = True
        del self._pending[:done]

    def _repeat(self) -> None:
        """Go back to what was not acknowledged."""
        self._next = self._first_unacknowledged
        self._end_sent = False

    def _send(self) -> list[Segment]:
        """As much as the peer's window has room for, and FIN behind the last byte."""
        answers = []
        sent = (self._next - self._first_unacknowledged) % _NUMBERS
        while not self._end_sent and sent < min(len(self._pending), self._window):
            data = bytes(self._pending[sent : min(sent + self._largest, self._window)])
            answers.append(self._segment(ACK | PSH, self._next, data))
            sent += len(data)
            self._next = (self._next + len(data)) % _NUMBERS
        if self._ending and not self._end_sent and sent == len(self._pending):
            answers.append(self._segment(ACK | FIN, self._next))
            self._next = (self._next + 1) % _NUMBERS
            self._end_sent = True
        return answers
