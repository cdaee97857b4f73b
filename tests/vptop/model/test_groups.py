# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows put together by some of their keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model import blocks
from vptop.model.groups import Groups, numbered
from vptop.model.rows import Measured

KEYS = st.tuples(st.tuples(st.integers(0, 3), st.integers(0, 2)), st.tuples(st.sampled_from("abc")))
ROWS = st.lists(st.tuples(KEYS, st.integers(1, 9)), unique_by=lambda row: row[0], min_size=1)


def interval(rows: list[tuple[tuple[tuple[int, int], tuple[str]], int]]) -> Measured:
    data = aggregate([ones(integers, strings, count) for (integers, strings), count in rows])
    return Measured(which("x"), data, None, 1.0, per_interval=True)


@given(st.lists(st.integers(0, 5), max_size=20))
def test_values_are_numbered_as_they_appear(values: list[int]) -> None:
    first, numbers, distinct = numbered(np.array(values, np.uint64))
    expected = list(dict.fromkeys(values))
    assert distinct.tolist() == expected
    assert [values[at] for at in first] == expected
    assert [expected[number] for number in numbers] == values


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=3), st.sampled_from([[], [2], [1, 2], [0, 1, 2]]))
@pytest.mark.parametrize("block", [3, blocks.BLOCK])
def test_groups_of_intervals_sum_rows_with_equal_keys(block: int, parts: list, keys: list[int]) -> None:  # type: ignore[type-arg]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks.blocks, "__defaults__", (blocks.never, block))
        groups = Groups([interval(rows) for rows in parts], keys)
        expected: dict[tuple[object, ...], dict[int, int]] = {}
        for (integers, strings), count in (row for rows in parts for row in rows):
            of_group = expected.setdefault(tuple((*integers, *strings)[key] for key in keys), {})
            of_group[integers[0]] = of_group.get(integers[0], 0) + count
        found = [groups.key(group) for group in range(len(groups))]
        assert [
            tuple((*integers, *(text.decode() for text in texts))[key] for key in keys) for integers, texts in found
        ] == [*expected], "in order of first appearance"
        assert groups.totals.tolist() == [sum(by_first.values()) for by_first in expected.values()]
        cells = groups.cells(np.arange(len(groups)), groups.firsts)
        assert cells.of_lines(len(groups)) == [dict(sorted(by_first.items())) for by_first in expected.values()]
        assert len(set(groups.prints.tolist())) == len(groups)


def test_cells_are_of_some_groups_and_some_first_keys() -> None:
    groups = Groups([interval([(((1, 0), ("a",)), 2), (((2, 0), ("a",)), 3), (((2, 0), ("b",)), 4)])], [2])
    found = groups.cells(np.array([0, -1]), np.array([2, 7], np.uint64))
    assert found.of_lines(1) == [{2: 3}]
