# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a guest does to devices, and whatever arrives from the wire, no model fails."""

from __future__ import annotations

import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.machine import Machine
from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, HOST, HOST_MAC, frame
from tests.guestimg.wire import ICMP, TCP, UDP, ip_packet, pseudo, udp_packet, with_sum

SECTOR = bytes(512)
PORTS = [
    *range(0x20, 0x22), *range(0xA0, 0xA2), 0x4D0, 0x4D1, *range(0x40, 0x44), 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92,
    0xB2, 0xB3, *range(0x1F0, 0x1F8), 0x3F6, *range(0x3D4, 0x3D6), 0x3DA, *range(0x3F8, 0x400), *range(0x600, 0x640),
    *range(0xCF8, 0xD00), *range(0xC000, 0xC010), *range(0xC100, 0xC200),
]  # fmt: skip
WINDOWS = (0xFEB00000, 0xFEC00000, 0xFEE00000)
CONFIGURED = [
    0x80000000 | device << 11 | function << 8 for device, function in ((0, 0), (1, 0), (1, 1), (1, 3), (3, 0))
]


def value(chance: Random, size: int) -> int:
    """A number of so many bytes: small ones, single bits and patterns as often as any."""
    bits = 8 * size
    kinds = (chance.randrange(4), 1 << chance.randrange(bits), chance.getrandbits(bits), (1 << bits) - 1)
    return chance.choice(kinds)


@pytest.mark.parametrize("seed", range(4))
def test_random_accesses(seed: int) -> None:
    chance = Random(seed)
    with Machine(SECTOR * 100) as machine:
        for _ in range(3000):
            size = chance.choice((1, 2, 4))
            kind = chance.randrange(8)
            if kind < 4:
                machine.access.port_out(0, chance.choice(PORTS), size, value(chance, size))
            elif kind < 6:
                assert 0 <= machine.access.port_in(0, chance.choice(PORTS), size) < 1 << 8 * size
            elif kind == 6:
                address = chance.choice(WINDOWS) + chance.randrange(0x400 // size) * size
                machine.access.memory_write(0, address, size, value(chance, size))
                assert 0 <= machine.access.memory_read(0, address, size) < 1 << 8 * size
            else:
                machine.access.port_out(0, 0xCF8, 4, chance.choice(CONFIGURED) | chance.randrange(64) << 2)
                machine.access.port_out(0, 0xCFC, 4, value(chance, 4))
            if not chance.randrange(20):
                machine.clock.run_due()
                machine.motherboard.card.receive(chance.randbytes(chance.randrange(60, 1515)))
                machine.type_keyboard("x")
        machine.run_seconds(0.01)


@given(st.binary(max_size=200))
def test_any_frame_from_the_guest(data: bytes) -> None:
    host = Host()
    host.take(data)
    host.take(HOST_MAC + data)
    host.take(frame(data))


def segment(ports: tuple[int, int], numbers: tuple[int, int], bits: tuple[int, int], data: bytes) -> bytes:
    body = struct.pack(">HHIIBBHHH", *ports, *numbers, *bits, 1000, 0, 0) + data
    return with_sum(body, 16, pseudo(GUEST, HOST, TCP, len(body)))


numbers = st.integers(0, 0xFFFFFFFF) | st.sampled_from([0, 1, 64_000, 64_001, 64_002, 0xFFFFFFFF])
ports = st.tuples(st.integers(1, 3), st.sampled_from([7, 7, 7, 80]))
segments = st.builds(
    segment,
    ports,
    st.tuples(numbers, numbers),
    st.tuples(st.integers(0, 255), st.integers(0, 255)),
    st.binary(max_size=60),
)


@given(st.lists(segments, max_size=12))
def test_any_segments_with_right_sums(packets: list[bytes]) -> None:
    host = Host()
    for packet in packets:
        for answer in host.take(frame(ip_packet(TCP, GUEST, HOST, packet))):
            assert 60 <= len(answer) <= 1514


@given(st.integers(0, 0xFFFF), st.binary(max_size=400))
def test_any_datagram_and_message_with_right_sums(port: int, data: bytes) -> None:
    host = Host()
    for to in (port, 7, 67):
        host.take(frame(udp_packet(GUEST, HOST, (4000, to), data)))
        host.take(
            frame(udp_packet(GUEST, HOST, (4000, to), bytes([1, 1, 6, 0]) + bytes(232) + b"\x63\x82\x53\x63" + data))
        )
    host.take(frame(ip_packet(ICMP, GUEST, HOST, with_sum(b"\x08\0\0\0" + data, 2))))
    host.take(frame(ip_packet(UDP, GUEST, HOST, data)))
