# SPDX-License-Identifier: GPL-2.0-or-later
"""Leases (RFC 2131)."""

from __future__ import annotations

import struct

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, GUEST_MAC, HOST, NOBODY, STRANGER, frame, opened
from tests.guestimg.wire import EVERYBODY, UDP, udp_packet

COOKIE = bytes([99, 130, 83, 99])


DISCOVER, OFFER, REQUEST, ACKNOWLEDGE, REFUSE, INFORM = 1, 2, 3, 5, 6, 8


def dhcp(kind: int, *options: bytes, client: bytes = NOBODY) -> bytes:
    """A client's message (RFC 2131, figure 1)."""
    head = bytes([1, 1, 6, 0]) + b"XID!" + b"\0\0\x80\0" + client + bytes(12) + GUEST_MAC.ljust(16, b"\0") + bytes(192)
    body = COOKIE + bytes([53, 1, kind]) + b"".join(options) + b"\xff"
    return frame(udp_packet(NOBODY, b"\xff" * 4, (68, 67), head + body), target=EVERYBODY)


def answered(host: Host, message: bytes) -> tuple[bytes, dict[int, bytes]]:
    (answer,) = host.take(message)
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (UDP, b"\xff" * 4)
    assert payload[:4] == struct.pack(">HH", 67, 68)
    message = payload[8:]
    assert message[:3] == bytes([2, 1, 6])
    assert message[4:8] == b"XID!"
    assert message[10:12] == b"\x80\0"
    assert message[28:44] == GUEST_MAC.ljust(16, b"\0")
    assert message[236:240] == COOKIE
    options, at = {}, 240
    while message[at] != 255:
        options[message[at]] = message[at + 2 : at + 2 + message[at + 1]]
        at += 2 + message[at + 1]
    return message[16:20], options


def test_dhcp_offers_and_leases(host: Host) -> None:
    yours, options = answered(host, dhcp(DISCOVER))
    assert (yours, options[53]) == (GUEST, bytes([OFFER]))
    assert (options[1], options[3], options[54]) == (bytes([255, 255, 255, 0]), HOST, HOST)
    yours, options = answered(host, dhcp(REQUEST, bytes([50, 4]) + GUEST, bytes([54, 4]) + HOST))
    assert (yours, options[53]) == (GUEST, bytes([ACKNOWLEDGE]))
    assert int.from_bytes(options[51], "big") > 3600


def test_dhcp_refuses_another_address(host: Host) -> None:
    yours, options = answered(host, dhcp(REQUEST, bytes([50, 4]) + STRANGER, bytes([54, 4]) + HOST))
    assert (yours, options[53]) == (NOBODY, bytes([REFUSE]))
    assert set(options) == {53, 54}


def test_dhcp_informs_without_lease(host: Host) -> None:
    yours, options = answered(host, dhcp(INFORM, client=STRANGER))
    assert (yours, options[53]) == (NOBODY, bytes([ACKNOWLEDGE]))
    assert 51 not in options


def test_dhcp_leaves_clients_of_other_servers_alone(host: Host) -> None:
    assert host.take(dhcp(REQUEST, bytes([50, 4]) + GUEST, bytes([54, 4]) + STRANGER)) == []
