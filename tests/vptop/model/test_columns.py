# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns as arrays: narrow where they are kept, wide where they are read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.core import columns
from engine.probes.frame import COUNT, LATEST, MAX
from tests.vptop.ui.fakes import aggregate, ones
from vptop.model.columns import integers_of, offsets_of, pack, values_of

TOP = (1 << 64) - 1


@given(st.lists(st.tuples(*[st.sampled_from((0, 3, 255, 70_000, TOP))] * 3), max_size=9))
def test_arrays_are_packed_as_the_core_does(rows: list[tuple[int, int, int]]) -> None:
    lists = [[row[at] for row in rows] for at in range(3)]
    assert pack(len(rows), (np.array(one, np.uint64) for one in lists)) == columns.pack(len(rows), lists)


def test_what_is_read_is_wide() -> None:
    data = aggregate([ones((at,), ("a", "bc"), at + 250) for at in range(9)])
    keys, counts = integers_of(data), values_of(data)
    assert counts.stored(COUNT).dtype == np.uint16
    assert keys[:, 0].dtype == counts[2:4, COUNT].dtype == np.uint64
    assert (counts[:, COUNT] - np.uint64(300) > 1000).all()  # it wraps around at 64 bits, not at 16
    assert offsets_of(data)[:, 1].dtype == np.uint32
    assert offsets_of(data)[:2, 1].tolist() == [3, 3]


def test_a_table_is_read_by_rows_and_columns() -> None:
    values = values_of(aggregate([ones((at,), (), at) for at in range(5)]))
    rows = np.array([4, 1])
    assert values.row(3) == [3, 3, 1, 1, 1, 0]
    assert values.number(2, COUNT) == 2
    assert values[rows].tolist() == [[4, 4, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0]]
    assert values[rows, COUNT].tolist() == [4, 1]
    assert values[1:3, (COUNT, MAX, LATEST)].tolist() == [[1, 1, 1], [2, 1, 1]]
    assert values[values[:, COUNT] > 2, COUNT].tolist() == [3, 4]
