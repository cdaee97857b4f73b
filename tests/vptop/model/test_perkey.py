# SPDX-License-Identifier: GPL-2.0-or-later
from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.box import Box
from vptop.model.perkey import histograms, per_key
from vptop.model.rows import Measured


def test_rows_are_grouped_by_their_other_keys() -> None:
    keys = [((1, 7), ("a",)), ((2, 7), ("a",)), ((1, 8), ("a",)), ((1, 7), ("b",))]
    data = aggregate([ones(integers, strings, count) for count, (integers, strings) in enumerate(keys, 1)])
    found, lows = histograms([Measured(which("x"), data, None, 1.0)], 1)
    counted = {label: one.histogram.buckets for label, one in found.items()}
    assert {label: [(bucket.low, bucket.count) for bucket in buckets] for label, buckets in counted.items()} == {
        "7 b": [(1, 4)], "7 a": [(1, 1), (2, 2)], "8 a": [(1, 3)]
    }  # fmt: skip
    assert [one.texts for one in found.values()] == [["b"], ["a"], ["a"]]
    assert list(found) == ["7 b", "7 a", "8 a"], "those with most updates first; of equal ones as they were inserted"
    assert lows == [1, 2]


def test_without_other_keys_there_is_one_histogram_between_the_extremes() -> None:
    data = aggregate([Row((4,), (), 2, 5, 4, 6, 6), Row((8,), (), 1, 9, 9, 9, 9)])
    found, _ = histograms([Measured(which("x"), data, None, 1.0)], 1)
    assert [(label, (h := one.histogram).count, h.min, h.max) for label, one in found.items()] == [("all", 3, 4, 9)]


def test_in_a_box_its_buckets_are_counted() -> None:
    found, lows = histograms([interval((64, "read", 1), (128, "read", 2), (64, "write", 3))], 1, Box(128, 256, 0, 0))
    assert [(label, one.histogram.count) for label, one in found.items()] == [("read", 2)]
    assert lows == [64, 128]


def interval(*counts: tuple[int, str, int]) -> Measured:
    data = aggregate([ones((low,), (name,), count) for low, name, count in counts])
    return Measured(which("x"), data, None, 1.0, per_interval=True)


def test_histograms_of_a_span_and_of_the_baseline():
    parts = [interval((64, "read", 1)), interval((64, "read", 2), (128, "read", 4), (64, "write", 1))]
    found = per_key(parts, interval((64, "read", 9)), 1)
    assert [(one.label, one.histogram.count) for one in found.rows] == [("read", 7), ("write", 1)]
    assert [one.before.count for one in found.rows if one.before is not None] == [9, 0]
    assert (list(found.lows), found.cut) == ([64, 128], False)


def test_rows_are_summed_over_keys_that_are_left_out():
    part = interval((64, "read a", 1), (64, "read b", 2), (128, "read a", 4))
    found = per_key([part], part, 1, left_out=frozenset({1}))
    assert [(one.label, one.histogram.count, one.before and one.before.count) for one in found.rows] == [("all", 7, 7)]
