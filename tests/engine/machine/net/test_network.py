# SPDX-License-Identifier: GPL-2.0-or-later
"""The wire."""

from __future__ import annotations

from engine.machine.net.network import Network
from tests.engine.machine.bench import Bench
from tests.engine.machine.packets import GUEST, HOST, frame
from tests.guestimg.wire import udp_packet


def test_answers_take_their_time(bench: Bench) -> None:
    arrived: list[tuple[int, int]] = []
    network = Network(bench.clock, lambda data: arrived.append((bench.now, len(data))))
    for _ in range(2):
        network.send(frame(udp_packet(GUEST, HOST, (4000, 7), bytes(1000))))
    bench.advance(100_000)
    assert not arrived
    bench.advance(10_000_000)
    size = 14 + 20 + 8 + 1000
    assert [length for _, length in arrived] == [size] * 2
    assert arrived[1][0] - arrived[0][0] == (8 + size + 4 + 12) * 80  # ns at 100 Mbit/s
    assert arrived[0][0] > (8 + size + 4 + 12) * 80
