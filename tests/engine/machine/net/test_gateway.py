# SPDX-License-Identifier: GPL-2.0-or-later
"""The host at the far end of the wire."""

from __future__ import annotations

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, HOST, PING, frame
from tests.guestimg.wire import ICMP, ip_packet


def test_frames_for_others_are_not_answered(host: Host) -> None:
    assert host.take(frame(ip_packet(ICMP, GUEST, HOST, PING), target=b"\x02\0\0\0\0\x77")) == []
    assert host.take(b"\xff" * 13) == []
