# SPDX-License-Identifier: GPL-2.0-or-later
"""Address resolution for IPv4 over Ethernet (RFC 826)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

REQUEST, REPLY = 1, 2
_PACKET = struct.Struct(">HHBBH6s4s6s4s")
_ETHERNET, _IPV4 = 1, 0x0800


@dataclass(frozen=True, slots=True)
class Arp:
    """A packet: who says or asks what."""

    operation: int
    sender_mac: bytes
    sender: bytes
    target_mac: bytes
    target: bytes

    def encode(self) -> bytes:
        """The bytes of the packet."""
        return _PACKET.pack(
            _ETHERNET, _IPV4, 6, 4, self.operation, self.sender_mac, self.sender, self.target_mac, self.target
        )


def decode(data: bytes) -> Arp | None:
    """The packet; None when it is not one about IPv4 over Ethernet."""
    if len(data) < _PACKET.size:
        return None
    hardware, protocol, hardware_size, protocol_size, *rest = _PACKET.unpack_from(data)
    if (hardware, protocol, hardware_size, protocol_size) != (_ETHERNET, _IPV4, 6, 4):
        return None
    return Arp(*rest)
