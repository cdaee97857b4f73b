# SPDX-License-Identifier: GPL-2.0-or-later
"""The Internet Protocol (RFC 791)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, GUEST_MAC, HOST, HOST_MAC, PING, STRANGER, frame, opened
from tests.guestimg.wire import ICMP, ip_packet, with_sum


def test_headers_with_options_are_understood(host: Host) -> None:
    packet = ip_packet(ICMP, GUEST, HOST, PING)
    header = bytearray(packet[:20] + b"\x01\x01\x01\x00")
    header[0] = 0x46
    header[2:4] = struct.pack(">H", len(packet) + 4)
    header[10:12] = b"\0\0"
    (answer,) = host.take(frame(with_sum(bytes(header), 10) + PING))
    assert opened(answer)[2][4:] == PING[4:]


def damaged(data: bytes, at: int, value: int = 0x55) -> bytes:
    return data[:at] + bytes([data[at] ^ value]) + data[at + 1 :]


def refragmented(offset: int) -> bytes:
    packet = bytearray(ip_packet(ICMP, GUEST, HOST, PING))
    packet[6:8] = struct.pack(">H", offset)
    packet[10:12] = b"\0\0"
    return with_sum(bytes(packet[:20]), 10) + bytes(packet[20:])


@pytest.mark.parametrize(
    "packet",
    [
        damaged(ip_packet(ICMP, GUEST, HOST, PING), 10),  # header checksum
        damaged(ip_packet(ICMP, GUEST, HOST, PING), 40),  # data
        ip_packet(ICMP, GUEST, STRANGER, PING),
        ip_packet(ICMP, GUEST, HOST, with_sum(b"\0\0\0\0" + PING[4:], 2)),  # a reply
        ip_packet(ICMP, GUEST, HOST, PING[:4]),
        ip_packet(200, GUEST, HOST, PING),
        ip_packet(ICMP, GUEST, HOST, PING)[:50],
        refragmented(0x2000),  # more fragments
        refragmented(0x0010),
        b"\x65" + ip_packet(ICMP, GUEST, HOST, PING)[1:],
        b"",
    ],
)
def test_what_is_wrong_is_not_answered(host: Host, packet: bytes) -> None:
    data = HOST_MAC + GUEST_MAC + b"\x08\0" + packet
    assert host.take(data) == []
