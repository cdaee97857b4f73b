# SPDX-License-Identifier: GPL-2.0-or-later
"""Echo messages (RFC 792)."""

from __future__ import annotations

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, HOST, PING, frame, opened
from tests.guestimg.wire import ICMP, ip_packet


def test_a_ping_comes_back(host: Host) -> None:
    (answer,) = host.take(frame(ip_packet(ICMP, GUEST, HOST, PING)))
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (ICMP, GUEST)
    assert payload[:2] == b"\0\0"
    assert payload[4:] == PING[4:]
