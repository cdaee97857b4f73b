# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams (RFC 768) and the echo service (RFC 862)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, HOST, frame, opened
from tests.guestimg.wire import UDP, ip_packet, udp_packet


@pytest.mark.parametrize("size", [0, 1, 64, 1472])
def test_udp_echo(host: Host, size: int) -> None:
    data = bytes(n & 0xFF for n in range(size))
    (answer,) = host.take(frame(udp_packet(GUEST, HOST, (4000, 7), data)))
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (UDP, GUEST)
    assert payload[:6] == struct.pack(">HHH", 7, 4000, 8 + size)
    assert payload[8:] == data


def test_a_datagram_without_checksum_is_taken(host: Host) -> None:
    bare = struct.pack(">HHHH", 4000, 7, 13, 0) + b"hello"
    (answer,) = host.take(frame(ip_packet(UDP, GUEST, HOST, bare)))
    assert opened(answer)[2][8:] == b"hello"


def test_damaged_datagrams_and_other_ports_are_silent(host: Host) -> None:
    packet = udp_packet(GUEST, HOST, (4000, 7), b"hello")
    assert host.take(frame(packet[:-1] + b"!")) == []
    assert host.take(frame(udp_packet(GUEST, HOST, (4000, 8), b"hello"))) == []
    assert host.take(frame(ip_packet(UDP, GUEST, HOST, struct.pack(">HHHH", 4000, 7, 40, 0) + b"hello"))) == []
