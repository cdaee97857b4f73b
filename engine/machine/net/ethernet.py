# SPDX-License-Identifier: GPL-2.0-or-later
"""Ethernet II frames (IEEE 802.3, clause 3)."""

from __future__ import annotations

from dataclasses import dataclass

BROADCAST = b"\xff" * 6
TYPE_IPV4, TYPE_ARP = 0x0800, 0x0806
_HEADER, _SHORTEST = 14, 60


@dataclass(frozen=True, slots=True)
class EthernetFrame:
    """A frame without preamble and frame check sequence."""

    target: bytes
    source: bytes
    kind: int
    payload: bytes

    def encode(self) -> bytes:
        """The bytes on the wire, padded to the least length."""
        data = self.target + self.source + self.kind.to_bytes(2, "big") + self.payload
        return data.ljust(_SHORTEST, b"\0")


def decode(data: bytes) -> EthernetFrame | None:
    """The frame, or None when it is cut short. The payload may have padding behind it."""
    if len(data) < _HEADER:
        return None
    return EthernetFrame(data[:6], data[6:12], int.from_bytes(data[12:14], "big"), data[14:])
