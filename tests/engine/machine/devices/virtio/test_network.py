# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio network device (VIRTIO 1.2, 5.1)."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.machine.devices.virtio.network import VirtioNetwork
from engine.machine.net.wire import wire_ns
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.card import BROADCAST, MAC, frame
from tests.engine.machine.devices.virtio.driver import VERSION_1, Driver

RECEIVE, TRANSMIT = 0, 1
HEADER_BYTES = 12
SENT, RECEIVED = 0x8000, 0xA000
OTHER = b"\x02\0\0\0\0\x77"


class Card:
    """The device on a bench, with its driver."""

    def __init__(self, bench: Bench) -> None:
        self.irq = Wire()
        self.on_wire: list[tuple[int, bytes]] = []
        self.model = VirtioNetwork(bench.windows, bench.clock, bench.memory, self.irq, bench.fire, MAC)
        self.model.wire = lambda data: self.on_wire.append((bench.now, data))
        self.driver = Driver(bench, self.model)
        self.driver.start(VERSION_1 | 1 << 5 | 1 << 16)

    def send(self, data: bytes, number: int = 0) -> int:
        place = SENT + 0x800 * number
        self.driver.memory.write(place, bytes(HEADER_BYTES) + data)
        return self.driver.offer(TRANSMIT, (place, HEADER_BYTES, False), (place + HEADER_BYTES, len(data), False))


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


def test_configuration(card: Card) -> None:
    assert card.driver.config(0, 4).to_bytes(4, "little") + card.driver.config(4, 2).to_bytes(2, "little") == MAC
    assert card.driver.config(6, 2) == 1  # the link is up


def test_frames_are_sent_in_order_each_after_its_time_on_the_wire(card: Card, bench: Bench) -> None:
    first, second = frame(OTHER, 60), frame(OTHER, 1514, fill=7)
    heads = [card.send(first), card.send(second, 1)]
    assert card.on_wire == []
    assert bench.fired == [(Point.MAC_SEND_PACKET, (0,))]
    bench.advance(wire_ns(60))
    assert card.on_wire == [(wire_ns(60), first)]
    assert card.driver.take(TRANSMIT) == (heads[0], 0)
    bench.advance(wire_ns(1514))
    assert card.on_wire[1:] == [(wire_ns(60) + wire_ns(1514), second)]
    assert card.driver.take(TRANSMIT) == (heads[1], 0)
    assert bench.fired == [(Point.MAC_SEND_PACKET, (0,))] * 2
    assert card.model.counts["frames sent"] == 2


def test_short_frames_are_padded_and_long_ones_refused(card: Card, bench: Bench) -> None:
    card.send(frame(OTHER, 60)[:20])
    card.send(bytes(1515), 1)
    bench.advance(10 * wire_ns(60))
    assert [data for _, data in card.on_wire] == [frame(OTHER, 60)[:20].ljust(60, b"\0")]
    assert card.driver.take(TRANSMIT) is not None
    assert card.driver.take(TRANSMIT) is not None
    assert len(bench.fired) == 1


@pytest.mark.parametrize("target", [MAC, BROADCAST, b"\x01\0\x5e\0\0\x01"])
def test_a_frame_arrives(card: Card, bench: Bench, target: bytes) -> None:
    head = card.driver.offer(RECEIVE, (RECEIVED, 1526, True))
    data = frame(target, 100)
    card.model.receive(data)
    assert card.driver.take(RECEIVE) == (head, HEADER_BYTES + 100)
    assert bench.memory.read(RECEIVED, HEADER_BYTES + 100) == bytes(10) + b"\x01\0" + data
    assert bench.fired == [(Point.MAC_RECEIVE_PACKET, (0,))]
    assert card.irq.level


def test_frames_for_others_and_frames_without_a_buffer_are_dropped(card: Card, bench: Bench) -> None:
    card.model.receive(frame(MAC))
    assert card.model.counts["frames missed"] == 1
    card.driver.offer(RECEIVE, (RECEIVED, 1526, True))
    card.model.receive(frame(OTHER))
    assert card.driver.take(RECEIVE) is None
    card.driver.offer(RECEIVE, (RECEIVED, 30, True))
    card.model.receive(frame(MAC))
    card.model.receive(frame(MAC))
    assert card.model.counts["frames missed"] == 2
    assert card.driver.take(RECEIVE) == (0, HEADER_BYTES + 60)
    assert card.driver.take(RECEIVE) == (1, 0)
    assert len(bench.fired) == 1


def test_a_reset_loses_the_frame_on_its_way(card: Card, bench: Bench) -> None:
    card.send(frame(OTHER))
    card.driver.set(0x14, 1, 0)
    bench.advance(10 * wire_ns(60))
    assert card.on_wire == []
    card.model.receive(frame(MAC))
    assert card.model.counts["frames received"] == 0
