# SPDX-License-Identifier: GPL-2.0-or-later
from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.rows import measure


def rows(*counts):
    return aggregate([ones((index,), (f"p{index}",), count) for index, count in enumerate(counts)])


def test_a_growing_aggregate_is_measured_against_the_frame_before():
    measured = measure(which("a"), rows(30, 5), rows(10, 5), 2.0, per_interval=False)
    first, second = measured.rows.values()
    assert (first.hits, first.rate, first.count) == (20, 10.0, 30)
    assert (second.hits, second.rate) == (0, 0.0)
    assert measured.rate == 10.0


def test_an_aggregate_cleared_each_second_is_measured_by_itself():
    measured = measure(which("a"), rows(30), rows(10), 1.0, per_interval=True)
    assert next(iter(measured.rows.values())).hits == 30


def test_a_count_that_shrank_was_cleared_in_between():
    measured = measure(which("a"), rows(7), rows(100), 1.0, per_interval=False)
    assert next(iter(measured.rows.values())).hits == 7


def test_rows_that_were_not_there_are_new():
    measured = measure(which("a"), rows(1, 1), rows(1), 1.0, per_interval=False)
    assert [row.new for row in measured.rows.values()] == [False, True]
    first_ever = measure(which("a"), rows(1), None, 1.0, per_interval=False, known_before=False)
    assert not next(iter(first_ever.rows.values())).new


def test_numbers_and_keys_are_those_of_the_frame():
    data = aggregate([Row((161,), ("über", "b"), 4, 25, 1, 99, 7)])
    measured = measure(which("a"), data, None, 0.0, per_interval=True)
    row = measured.rows[(161,), ("über", "b")]
    assert row.row() == Row((161,), ("über", "b"), 4, 25, 1, 99, 7)
    assert row.rate == 0.0


def test_an_aggregate_without_keys_has_one_row():
    data = aggregate([Row((), (), 3, 2, 1, 3, 2)])
    assert list(measure(which("a"), data, None, 1.0, per_interval=True).rows) == [((), ())]


def test_sums_wrap_at_64_bits_as_the_core_does():
    most = (1 << 64) - 1
    data = aggregate([Row((), (), 1, most, most, most, most)])
    before = aggregate([Row((), (), 1, 1, 1, 1, 1)])
    assert next(iter(measure(which("a"), data, before, 1.0, per_interval=False).rows.values())).hits_total == most - 1
