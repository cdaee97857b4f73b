# SPDX-License-Identifier: GPL-2.0-or-later
from engine.probes.frame import AggregateData, Row
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.rows import MOST_HIGHEST, Measured


def rows(*counts: int) -> AggregateData:
    return aggregate([ones((index,), (f"p{index}",), count) for index, count in enumerate(counts)])


def measure(
    now: AggregateData, before: AggregateData | None, seconds: float = 1.0, *, per_interval: bool = False
) -> Measured:
    return Measured(which("a"), now, before, seconds, per_interval=per_interval)


def test_a_growing_aggregate_is_measured_against_the_frame_before() -> None:
    measured = measure(rows(30, 5), rows(10, 5), 2.0)
    first, second = measured
    assert (first.hits, first.rate, first.count) == (20, 10.0, 30)
    assert (second.hits, second.rate) == (0, 0.0)
    assert measured.rate == 10.0
    assert measured.hits.tolist() == [20, 0]


def test_an_aggregate_cleared_each_second_is_measured_by_itself() -> None:
    measured = measure(rows(30), rows(10), per_interval=True)
    assert measured[0].hits == measured.total_hits == 30


def test_a_count_that_shrank_was_cleared_in_between() -> None:
    measured = measure(rows(7), rows(100))
    assert measured[0].hits == measured.total_hits == 7


def test_rows_that_were_not_there_are_new() -> None:
    assert [row.new for row in measure(rows(1, 1), rows(1))] == [False, True]
    assert not Measured(which("a"), rows(1), None, 1.0)[0].new


def test_rows_in_another_order_are_found_by_their_keys() -> None:
    """As after a clear: the string `p1` is elsewhere in the arena, too."""
    now = aggregate([ones((7,), ("q",), 3), ones((1,), ("p1",), 9), ones((0,), ("p0",), 4)])
    measured = measure(now, rows(1, 2))
    assert not measured.continues
    assert [measured.index_before(index) for index in range(3)] == [None, 1, 0]
    assert [row.hits for row in measured] == measured.hits.tolist() == [3, 7, 3]
    assert [row.new for row in measured] == [True, False, False]


def test_a_row_is_found_by_its_raw_key() -> None:
    measured = measure(aggregate([ones((1,), ("",), 1), ones((1,), ("b",), 1), ones((2,), ("b",), 1)]), None)
    for index in range(3):
        assert measured.find(measured.raw_key(index)) == measured.find(measured.raw_key(index), near=index) == index
    assert measured.find(((1,), (b"c",))) is None
    assert measured.find(((3,), (b"b",))) is None
    assert measured.find(((3, 4), (b"b",))) is None, "before its script was reloaded it had another number of keys"


def test_numbers_and_keys_are_those_of_the_frame() -> None:
    row = measure(aggregate([Row((161,), ("über", "b\n"), 4, 25, 1, 99, 7)]), None, 0.0, per_interval=True)[0]
    assert row.row() == Row((161,), ("über", "b\\n"), 4, 25, 1, 99, 7)
    assert row.rate == 0.0


def test_an_aggregate_without_keys_has_one_row() -> None:
    data = aggregate([Row((), (), 3, 2, 1, 3, 2)])
    measured = measure(data, data)
    assert [row.key for row in measured] == [((), ())]
    assert measured.find(((), ())) == 0
    assert measured.total_hits == 0


def test_averages_of_sums_above_64_bits() -> None:
    most = (1 << 64) - 1
    measured = measure(aggregate([Row((0,), (), 4, most // 2, 1, most, 1), Row((1,), (), 3, 7, 1, 9, 1)]), None)
    assert measured[0].avg == most // 2
    assert abs(int(measured.averages[0]) - most // 2) < 1 << 12
    assert measured.averages[1] == 7


def test_no_rows() -> None:
    measured = measure(aggregate([]), rows(1))
    assert list(measured) == []
    assert (measured.total_hits, measured.rate) == (0, 0.0)


def test_the_rate_of_a_row_alone_is_that_of_the_row():
    for per_interval in (False, True):
        found = Measured(
            which("a"),
            aggregate([ones((1,), (), 9), ones((2,), (), 5), ones((3,), (), 4)]),
            aggregate([ones((2,), (), 3), ones((3,), (), 7)]),
            2.0,
            per_interval=per_interval,
        )
        assert [found.rate_of(at) for at in range(3)] == [row.rate for row in found]


def test_updates_by_the_first_key_and_the_rows_with_the_largest() -> None:
    data = aggregate([ones((key,), (name,), 2) for key, name in ((64, "a"), (128, "a"), (64, "b"))])
    before = aggregate([ones((key,), (name,), count) for key, name, count in ((64, "a", 1), (128, "a", 2))])
    measured = measure(data, before)
    assert measured.by_number == {64: 3}
    assert measured.highest.tolist() == [0, 2]
    many = measure(rows(*[1] * (MOST_HIGHEST + 50)), None)
    assert sorted(many.highest.tolist()) == [*range(50, MOST_HIGHEST + 50)]
