# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows with equal keys as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.core.columns import pack
from engine.probes.frame import AggregateData, Row
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.rows import Measured
from vptop.model.summing import summed

TOP = (1 << 64) - 1


def of(*rows: Row) -> AggregateData:
    return aggregate(list(rows))


def whole(parts: list[AggregateData], keys: list[int]) -> list[Row]:
    return [*summed([Measured(which("a"), part, None, 1.0, per_interval=True) for part in parts], keys)]


def test_equal_keys_are_summed_over_parts_in_order_of_first_insertion() -> None:
    first = of(Row((2,), ("b",), 2, 10, 4, 16, 16), ones((1,), ("a",), 3))
    second = of(Row((3,), ("a",), 1, 7, 7, 7, 7), Row((2,), ("b",), 1, 1, 1, 1, 1))
    assert whole([first, second], [0, 1]) == [
        Row((2,), ("b",), 3, 7, 1, 16, 1),
        ones((1,), ("a",), 3),
        Row((3,), ("a",), 1, 7, 7, 7, 7),
    ]


def test_a_key_that_is_left_out_is_summed_over() -> None:
    data = of(ones((32,), ("a",), 2), ones((46,), ("a",), 3), ones((46,), ("",), 4))
    assert whole([data], [0]) == [ones((32,), (), 2), ones((46,), (), 7)]
    assert whole([data], [1]) == [ones((), ("a",), 5), ones((), ("",), 4)]


def test_sums_are_of_128_bits() -> None:
    data = of(Row((1,), ("a",), 1, TOP, TOP, TOP, TOP), Row((2,), ("a",), 3, TOP, TOP, TOP, TOP))
    (row,) = Measured(which("a"), summed([Measured(which("a"), data, None, 1.0)], [1]), None, 1.0)
    assert (row.count, row.total, row.min) == (4, 4 * TOP, TOP)


def test_rows_of_an_interval_count_what_it_added() -> None:
    before = of(Row((1,), ("a",), 2, 50, 10, 90, 10), ones((2,), ("b",), 5))
    now = of(Row((1,), ("a",), 4, 75, 10, 110, 90), ones((2,), ("b",), 5), ones((3,), ("c",), 1))
    found = [*Measured(which("a"), summed([Measured(which("a"), now, before, 1.0)], [0, 1]), None, 1.0)]
    assert [(row.key, row.count, row.total) for row in found] == [(((1,), ("a",)), 2, 200), (((3,), ("c",)), 1, 1)]


def test_rows_of_an_interval_in_which_they_were_cleared_count_from_there() -> None:
    before, now = of(ones((1,), ("a",), 9), ones((2,), ("b",), 1)), of(ones((2,), ("b",), 3), ones((1,), ("a",), 4))
    assert [row.count for row in summed([Measured(which("a"), now, before, 1.0)], [0, 1])] == [2, 4]


def test_strings_of_several_parts_are_in_the_arena_once() -> None:
    first = of(ones((1,), ("late",), 1), ones((1,), ("",), 1), ones((1,), ("both",), 1))
    second = of(ones((2,), ("both",), 1), ones((2,), ("new",), 1), ones((1,), ("late",), 1))
    parts = [Measured(which("a"), part, None, 1.0, per_interval=True) for part in (first, second)]
    data = summed(parts, [0, 1])
    assert [(*row.integers, *row.strings, row.count) for row in data] == [
        (1, "late", 2), (1, "", 1), (1, "both", 1), (2, "both", 1), (2, "new", 1),
    ]  # fmt: skip
    assert sorted(data.arena.split(b"\0")) == [b"", b"", b"", b"both", b"late", b"new"]


VALUES = st.integers(0, TOP)
KEPT = st.lists(st.tuples(st.integers(0, 3), VALUES, VALUES), min_size=1, max_size=4, unique_by=lambda row: row[0])


@given(KEPT, st.booleans())
def test_sums_over_an_interval_are_exact(rows: list[tuple[int, int, int]], turned: bool) -> None:
    before = of(*(Row((key,), ("a",), 1, one, one, one, one) for key, one, _ in rows))
    now = [Row((key,), ("a",), 3, (one + 2 * more) // 3, 0, TOP, more) for key, one, more in rows]
    part = Measured(which("a"), of(*(now[::-1] if turned else now)), before, 1.0)
    (found,) = Measured(which("a"), summed([part], [1]), None, 1.0)
    assert found.count == 2 * len(rows)
    assert found.total == sum((one + 2 * more) // 3 * 3 - one for _, one, more in rows) % (1 << 128)
    assert (found.min, found.max) == (0, TOP)


def test_nothing_gives_nothing() -> None:
    empty = AggregateData(1, 1, pack(0, [()] * 8), b"\0")
    assert whole([empty, empty], [0, 1]) == []
