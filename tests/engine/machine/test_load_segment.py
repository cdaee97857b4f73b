# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of kernel files go to their addresses, with zeros behind them."""

from __future__ import annotations

import pytest

from engine.machine.load_segment import LoadSegment
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import EMPTY


@pytest.mark.parametrize(("size", "loaded"), [(6, b"code\0\0"), (4, b"code"), (2, b"co")])
def test_a_segment_has_zeros_behind_its_data_and_no_more_than_its_size(size: int, loaded: bytes) -> None:
    segment = LoadSegment(0x20_0000, b"code", size)
    with Machine(EMPTY) as machine:
        machine.memory.write(segment.address, b"\xff" * 8)
        segment.load(machine.memory)
        assert segment.end == 0x20_0000 + size
        assert machine.memory.read(segment.address, 8) == loaded.ljust(8, b"\xff")
