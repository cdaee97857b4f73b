# SPDX-License-Identifier: GPL-2.0-or-later
"""Times on a wire of 100 Mbit/s."""

from __future__ import annotations

import pytest

from engine.machine.net.wire import PROPAGATION_NS, Direction, wire_ns
from tests.engine.machine.bench import Bench


@pytest.mark.parametrize(("size", "nanoseconds"), [(60, 6720), (1, 6720), (1514, 123040)])
def test_frames_take_their_time(size: int, nanoseconds: int) -> None:
    """84 byte times for the shortest frame, 1538 for the longest (IEEE 802.3)."""
    assert wire_ns(size) == nanoseconds


def test_frames_arrive_in_order_one_after_the_other(bench: Bench) -> None:
    arrived: list[tuple[int, bytes]] = []
    wire = Direction(bench.clock, lambda frame: arrived.append((bench.now, frame)))
    wire.send(b"a" * 60)
    wire.send(b"b" * 60)
    bench.advance(100_000)
    assert arrived == [(6720 + PROPAGATION_NS, b"a" * 60), (2 * 6720 + PROPAGATION_NS, b"b" * 60)]


def test_a_sender_that_keeps_time_itself(bench: Bench) -> None:
    arrived: list[int] = []
    wire = Direction(bench.clock, lambda _: arrived.append(bench.now))
    wire.pass_on(b"x")
    bench.advance(PROPAGATION_NS)
    assert arrived == [PROPAGATION_NS]
