# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv4 packets without fragments (RFC 791)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.machine.net.checksum import internet_checksum

ICMP, TCP, UDP = 1, 6, 17
EVERYBODY, NOBODY = b"\xff" * 4, bytes(4)
_HEADER = struct.Struct(">BBHHHBBH4s4s")
_DONT_FRAGMENT, _FRAGMENT = 0x4000, 0x3FFF
_TTL = 64


@dataclass(frozen=True, slots=True)
class Packet:
    """A whole datagram."""

    protocol: int
    source: bytes
    target: bytes
    payload: bytes

    def encode(self, identification: int) -> bytes:
        """Header with checksum, then the payload."""
        size = _HEADER.size + len(self.payload)
        fields = [0x45, 0, size, identification & 0xFFFF, _DONT_FRAGMENT, _TTL, self.protocol, 0]
        fields[7] = internet_checksum(_HEADER.pack(*fields, self.source, self.target))
        return _HEADER.pack(*fields, self.source, self.target) + self.payload

    def pseudo_header(self) -> bytes:
        """What checksums of UDP and TCP cover besides their own bytes (RFC 768)."""
        return self.source + self.target + struct.pack(">HH", self.protocol, len(self.payload))

    def sum_is_right(self) -> bool:
        """Whether the checksum of a UDP or TCP payload holds."""
        return internet_checksum(self.pseudo_header() + self.payload) == 0


def decode(data: bytes) -> Packet | None:
    """The packet; None when it is damaged, a fragment, or of another version. Options are passed over."""
    if len(data) < _HEADER.size:
        return None
    first, _, size, _, fragment, _, protocol, _, source, target = _HEADER.unpack_from(data)
    header = (first & 15) * 4
    if first >> 4 != 4 or not _HEADER.size <= header <= size <= len(data) or fragment & _FRAGMENT:
        return None
    if internet_checksum(data[:header]):
        return None
    return Packet(protocol, source, target, data[header:size])
