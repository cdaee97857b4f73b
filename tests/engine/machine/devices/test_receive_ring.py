# SPDX-License-Identifier: GPL-2.0-or-later
"""The receive ring of the RTL8139 (data sheet 1.4, section 6)."""

from __future__ import annotations

import struct
import zlib

import pytest

from engine.machine.devices.receive_ring import ReceiveRing
from tests.engine.machine.bench import Bench

FRAME = bytes(range(60))


@pytest.fixture
def ring(bench: Bench) -> ReceiveRing:
    made = ReceiveRing(bench.memory)
    made.start = 0x1000
    return made


def test_a_frame_has_status_length_and_checksum(ring: ReceiveRing, bench: Bench) -> None:
    assert ring.empty
    assert ring.put(0x2001, FRAME)
    assert bench.ram[0x1000:0x1004] == struct.pack("<HH", 0x2001, 64)
    assert bench.ram[0x1004:0x1040] == FRAME
    assert bench.ram[0x1040:0x1044] == zlib.crc32(FRAME).to_bytes(4, "little")
    assert (ring.written, ring.empty) == (68, False)


def test_what_is_read_makes_room(ring: ReceiveRing) -> None:
    count = 0
    while ring.put(1, FRAME):
        count += 1
    assert count == 8192 // 68
    ring.read = (68 - 16) & 0xFFFF  # the driver has read one frame
    assert ring.put(1, FRAME)
    assert not ring.put(1, FRAME)


@pytest.mark.parametrize("wrap", [False, True])
def test_the_end_of_the_ring(ring: ReceiveRing, bench: Bench, wrap: bool) -> None:
    ring.wrap = wrap
    ring.written = 8192 - 8
    ring.read = (8192 - 8 - 16) & 0xFFFF
    assert ring.put(1, FRAME)
    where = 0x1000 + 8192 if wrap else 0x1000
    assert bench.ram[where : where + 56] == FRAME[4:]
    assert ring.written == 68 - 8
