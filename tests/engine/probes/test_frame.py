# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames: packed rows, and aggregates named by script and name."""

from __future__ import annotations

import msgspec

from engine.core.columns import pack
from engine.probes.frame import AggregateData, AggregateId, Frame, Row, labels


def packed(rows: list[tuple[int, bytes, tuple[int, ...]]]) -> AggregateData:
    arena, numbers = bytearray(), []
    for number, text, values in rows:
        numbers.append((number, len(arena), *values))
        arena += text + b"\0"
    columns = zip(*numbers, strict=True) if rows else [()] * 8
    return AggregateData(1, 1, pack(len(rows), columns), bytes(arena))


def test_rows_come_out_as_they_went_in() -> None:
    data = packed([(7, b"init", (4, 10, 1, 5, 3, 0)), (8, b"\xff", (1, 0, 0, 0, 0, 1))])
    assert len(data) == 2
    assert list(data) == [Row((7,), ("init",), 4, 2, 1, 5, 3), Row((8,), ("\\xff",), 1, 1 << 64, 0, 0, 0)]


def test_a_row_that_counted_nothing_has_average_zero() -> None:
    (row,) = packed([(1, b"", (0, 0, 0, 0, 0, 0))])
    assert row.avg == 0


def test_labels_tell_equal_names_apart() -> None:
    ids = [AggregateId("a.vp", "x"), AggregateId("b.vp", "x"), AggregateId("b.vp", "y"), AggregateId("c.vp", "x")]
    assert list(labels(ids).values()) == ["x", "x (b.vp)", "y", "x (c.vp)"]


def test_a_frame_travels() -> None:
    frame = Frame(1, 1.0, 0.5, 10, 2, 10**9, 10**9, (), {AggregateId("a.vp", "x"): packed([])}, (), "log")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(frame), type=Frame) == frame
