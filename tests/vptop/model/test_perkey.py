# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.perkey import groups, per_key
from vptop.model.rows import Measured


def test_rows_are_grouped_by_their_other_keys() -> None:
    keys = [((1, 7), ("a",)), ((2, 7), ("a",)), ((1, 8), ("a",)), ((1, 7), ("b",))]
    data = aggregate([ones(integers, strings, count) for count, (integers, strings) in enumerate(keys, 1)])
    found = groups(Measured(which("x"), data, None, 1.0))
    assert [(label, rows.tolist()) for label, rows in found] == [("7 b", [3]), ("7 a", [0, 1]), ("8 a", [2])]


def test_without_other_keys_there_is_one_group() -> None:
    data = aggregate([ones((1,), (), 1), ones((2,), (), 1)])
    assert [(label, rows.tolist()) for label, rows in groups(Measured(which("x"), data, None, 1.0))] == [
        ("all", [0, 1])
    ]


def interval(*counts: tuple[int, str, int]) -> Measured:
    data = aggregate([ones((low,), (name,), count) for low, name, count in counts])
    return Measured(which("x"), data, None, 1.0, per_interval=True)


def test_histograms_of_a_span_and_of_the_baseline():
    parts = [interval((64, "read", 1)), interval((64, "read", 2), (128, "read", 4), (64, "write", 1))]
    found = per_key(parts, interval((64, "read", 9)), 1)
    assert [(one.label, one.histogram.count) for one in found.rows] == [("read", 7), ("write", 1)]
    assert [one.before.count for one in found.rows if one.before is not None] == [9, 0]
    assert (list(found.lows), found.cut) == ([64, 128], False)
