# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames for the host at the far end of the wire, and its answers taken apart."""

from __future__ import annotations

import struct

from tests.guestimg.wire import EVERYBODY, ICMP, IP, internet_sum, pseudo, with_sum

HOST, GUEST, STRANGER = bytes([10, 0, 2, 2]), bytes([10, 0, 2, 15]), bytes([10, 0, 2, 99])
HOST_MAC, GUEST_MAC = bytes.fromhex("52550a000202"), bytes.fromhex("525400123456")
NOBODY = bytes(4)
PING = with_sum(b"\x08\0\0\0\x12\x34\0\x07" + bytes(range(57)), 2)


def frame(payload: bytes, kind: int = IP, target: bytes = HOST_MAC) -> bytes:
    return (target + GUEST_MAC + struct.pack(">H", kind) + payload).ljust(60, b"\0")


def opened(data: bytes) -> tuple[int, bytes, bytes]:
    """Protocol, target address and payload of an answer; every checksum in it must be right."""
    assert len(data) >= 60
    assert data[6:12] == HOST_MAC
    assert data[12:14] == b"\x08\0"
    packet = data[14:]
    assert packet[0] == 0x45
    assert internet_sum(packet[:20]) == 0xFFFF
    (size,) = struct.unpack(">H", packet[2:4])
    protocol, source, target, payload = packet[9], packet[12:16], packet[16:20], packet[20:size]
    assert source == HOST
    assert data[:6] == (EVERYBODY if target == b"\xff" * 4 else GUEST_MAC)
    cover = b"" if protocol == ICMP else pseudo(source, target, protocol, len(payload))
    assert internet_sum(cover + payload) == 0xFFFF
    return protocol, target, payload
