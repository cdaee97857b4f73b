# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP datagrams (RFC 768)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.machine.net.checksum import internet_checksum
from engine.machine.net.ipv4 import UDP, Packet

ECHO_PORT = 7
_HEADER = struct.Struct(">HHHH")


@dataclass(frozen=True, slots=True)
class Datagram:
    """From port to port."""

    source_port: int
    target_port: int
    data: bytes

    def packet(self, source: bytes, target: bytes) -> Packet:
        """The IPv4 packet that carries it."""
        size = _HEADER.size + len(self.data)
        bare = Packet(UDP, source, target, _HEADER.pack(self.source_port, self.target_port, size, 0) + self.data)
        total = internet_checksum(bare.pseudo_header() + bare.payload) or 0xFFFF
        header = _HEADER.pack(self.source_port, self.target_port, size, total)
        return Packet(UDP, source, target, header + self.data)


def decode(packet: Packet) -> Datagram | None:
    """The datagram in a packet; None when it is damaged. A checksum of 0 means that there is none."""
    if len(packet.payload) < _HEADER.size:
        return None
    source, target, size, total = _HEADER.unpack_from(packet.payload)
    if not _HEADER.size <= size <= len(packet.payload):
        return None
    cut = Packet(packet.protocol, packet.source, packet.target, packet.payload[:size])
    if total and not cut.sum_is_right():
        return None
    return Datagram(source, target, cut.payload[_HEADER.size :])
