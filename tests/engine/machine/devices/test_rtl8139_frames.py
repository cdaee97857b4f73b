# SPDX-License-Identifier: GPL-2.0-or-later
"""The network card sends and receives, by the RTL8139C(L) data sheet (Realtek, revision 1.4)."""

from __future__ import annotations

import struct

import pytest

from engine.core.points import Point
from tests.engine.machine.bench import Bench
from tests.engine.machine.card import (
    AAP,
    AB,
    AM,
    APM,
    AR,
    BROADCAST,
    BUFE,
    CAPR,
    CBR,
    CR,
    IMR,
    ISR,
    MAC,
    MAR,
    MPC,
    OWN,
    RCR,
    ROK,
    RST,
    RXOVW,
    TABT,
    TCR,
    TER,
    TOK,
    TSD,
    TSD_TOK,
    WRAP,
    Card,
    crc_bits,
    frame,
    frame_check_sequence,
)


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


# --- sending ---


@pytest.mark.parametrize("size", [60, 1000, 1514])
def test_a_frame_leaves_after_its_time_on_the_wire(card: Card, size: int) -> None:
    card.start()
    data = frame(BROADCAST, size)
    card.send(0, data)
    assert card.get(TSD, 4) & (OWN | TSD_TOK) == 0
    bits = (8 + size + 4 + 12) * 8  # preamble, frame, check sequence, gap
    card.bench.advance(bits * 10 - 1)
    assert not card.sent
    card.bench.advance(1)
    assert card.sent == [(bits * 10, data)]
    assert card.get(TSD, 4) == OWN | TSD_TOK | size
    assert card.get(ISR, 2) == TOK
    assert card.irq.level
    card.set(ISR, 2, TOK)
    assert not card.irq.level


def test_four_descriptors_go_out_in_order(card: Card) -> None:
    card.start()
    frames = [frame(BROADCAST, 60 + n, n) for n in range(4)]
    for number, data in enumerate(frames):
        card.send(number, data)
    assert card.get(0x60, 2) == 0  # TSAD: none is the driver's
    card.bench.advance(100_000)
    assert [data for _, data in card.sent] == frames
    assert card.get(0x60, 2) == 0xF00F  # TOK and OWN of all four


def test_the_probe_point_is_reached_when_a_frame_is_fetched(card: Card) -> None:
    card.start()
    card.send(0, frame())
    card.send(1, frame())
    assert card.bench.fired == [(Point.MAC_SEND_PACKET, (0,))]
    card.bench.advance(100_000)
    assert card.bench.fired == [(Point.MAC_SEND_PACKET, (0,))] * 2


def test_nothing_is_sent_while_off_or_no_bus_master(card: Card) -> None:
    card.send(0, frame())
    card.bench.advance(100_000)
    assert not card.sent
    card.start()
    card.model.configuration.write(0x04, 2, 3)
    card.send(1, frame())
    card.bench.advance(100_000)
    assert not card.sent
    card.model.configuration.write(0x04, 2, 7)
    card.bench.advance(100_000)
    assert len(card.sent) == 1


def test_too_long_a_frame_is_aborted(card: Card) -> None:
    card.start()
    card.set(TSD, 4, 1793)
    assert card.get(TSD, 4) & (TABT | TSD_TOK) == TABT
    assert card.get(ISR, 2) == TER
    card.set(TCR, 4, 1)  # CLRABT
    assert not card.get(TSD, 4) & TABT


def test_reset_forgets_a_frame_under_way(card: Card) -> None:
    card.start()
    card.send(0, frame())
    card.set(CR, 1, RST)
    card.bench.advance(100_000)
    assert not card.sent
    assert not card.irq.level


def test_loopback_returns_frames_to_the_card(card: Card) -> None:
    card.start()
    card.set(TCR, 4, 0x60000)
    data = frame()
    card.send(0, data)
    card.bench.advance(100_000)
    assert not card.sent
    assert card.ring(4, 60) == data


# --- receiving ---


def test_a_frame_lies_in_the_ring_with_its_header(card: Card) -> None:
    card.start()
    data = frame(size=61)
    card.model.receive(data)
    status, size = struct.unpack("<HH", card.ring(0, 4))
    assert status == 0x4001  # PAM, ROK
    assert size == 61 + 4
    assert card.ring(4, 61) == data
    assert card.ring(65, 4) == frame_check_sequence(data)
    assert card.get(CBR, 2) == 72  # a multiple of 4
    assert not card.get(CR, 1) & BUFE
    assert card.get(ISR, 2) == ROK
    assert card.irq.level
    card.set(CAPR, 2, 72 - 16)
    assert card.get(CR, 1) & BUFE
    assert card.bench.fired == [(Point.MAC_RECEIVE_PACKET, (0,))]


def test_the_probe_point_comes_after_the_data_and_before_the_interrupt(bench: Bench) -> None:
    card = Card(bench)
    card.start()
    seen = []
    card.model._fire = lambda *_: seen.append((card.ring(4, 6), card.irq.level))
    card.model.receive(frame())
    assert seen == [(MAC, False)]


@pytest.mark.parametrize("wrap", [True, False])
def test_at_the_end_of_the_ring(card: Card, wrap: bool) -> None:
    card.start(APM | (WRAP if wrap else 0))
    filler = frame(size=1000)
    for _ in range(8):  # 8 * 1008 bytes
        card.model.receive(filler)
        card.set(CAPR, 2, (card.get(CBR, 2) - 16) & 0xFFFF)
    assert card.get(CBR, 2) == 8064
    data = bytes(range(256)) * 2
    data = MAC + data[6:]
    card.model.receive(data)
    after_header = 8192 - 8064 - 4
    if wrap:
        assert card.ring(8068, 512) == data
    else:
        assert card.ring(8068, after_header) == data[:after_header]
        assert card.ring(0, 512 - after_header) == data[after_header:]
    assert card.get(CBR, 2) == (8064 + 520) % 8192


def test_a_full_ring_loses_frames_and_says_so(card: Card) -> None:
    card.start()
    for _ in range(10):
        card.model.receive(frame(size=1000))
    assert card.get(CBR, 2) == 8 * 1008
    assert card.get(ISR, 2) == ROK | RXOVW
    assert card.get(MPC, 4) == 2
    card.set(MPC, 4, 0)
    assert card.get(MPC, 4) == 0


@pytest.mark.parametrize("length", range(4))
def test_the_length_of_the_ring(card: Card, length: int) -> None:
    card.start(APM | length << 11)
    taken = 0
    while not card.get(ISR, 2) & RXOVW:
        card.model.receive(frame(size=1000))
        taken += 1
    assert taken - 1 == ((8192 << length) - 1) // 1008


GROUP = bytes.fromhex("01005e000001")


@pytest.mark.parametrize(
    ("target", "control", "status"),
    [
        (MAC, APM, 0x4001),
        (MAC, AB | AM, None),
        (BROADCAST, AB, 0x2001),
        (BROADCAST, APM | AM, None),
        (b"\x02\0\0\0\0\x09", APM | AB | AM, None),
        (b"\x02\0\0\0\0\x09", AAP, 0x0001),
        (MAC, AAP, 0x4001),
        (GROUP, AM, 0x8001),
        (GROUP, APM | AB, None),
    ],
)
def test_what_the_filters_take(card: Card, target: bytes, control: int, status: int | None) -> None:
    card.start(control)
    number = crc_bits(GROUP) >> 26
    card.set(MAR + (number >> 5) * 4, 4, 1 << (number & 31))
    card.model.receive(frame(target))
    taken = struct.unpack("<H", card.ring(0, 2))[0]
    assert (taken or None) == status


def test_a_group_whose_hash_bit_is_not_set_is_not_taken(card: Card) -> None:
    card.start(AM)
    number = crc_bits(GROUP) >> 26
    for half in range(2):
        card.set(MAR + 4 * half, 4, 0xFFFFFFFF & ~(1 << (number & 31) if number >> 5 == half else 0))
    card.model.receive(frame(GROUP))
    assert card.get(CR, 1) & BUFE


def test_runts_are_taken_only_when_asked_for(card: Card) -> None:
    card.start(APM)
    card.model.receive(frame(size=59))
    assert card.get(CR, 1) & BUFE
    card.set(RCR, 4, APM | AR)
    card.model.receive(frame(size=59))
    assert not card.get(CR, 1) & BUFE


def test_nothing_is_received_while_off_or_no_bus_master(card: Card) -> None:
    card.model.receive(frame())
    assert card.get(CR, 1) & BUFE
    card.start()
    card.model.configuration.write(0x04, 2, 3)
    card.model.receive(frame())
    assert card.get(CR, 1) & BUFE
    assert not card.bench.fired


def test_masked_causes_do_not_interrupt(card: Card) -> None:
    card.start()
    card.set(IMR, 2, TOK)
    card.model.receive(frame())
    assert card.get(ISR, 2) == ROK
    assert not card.irq.level
    card.set(IMR, 2, ROK)
    assert card.irq.level
