# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows against the baseline."""

from __future__ import annotations

from engine.probes.frame import AggregateData, AggregateId, Row
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model.compare import Comparison
from vptop.model.session import Session

WHICH = AggregateId("vptop.vp", "running")


def comparison(before: AggregateData, now: AggregateData) -> Comparison:
    """Of two seconds; the first Frame is empty, so that rates are counts."""
    return compared(aggregate([ones((0,), ("x",), 1)]), before, now)


def compared(*seconds: AggregateData) -> Comparison:
    """The third second with the second one."""
    session = Session()
    session.set_source("vptop.vp", "(defaggr running 1 1)(vprobe VMM1Hz (logaggr running)(clearaggr running))")
    for second, data in enumerate(seconds, 1):
        session.add(frame(second, aggregates={WHICH: data}))
    session.set_baseline(session.at(1), "set here")
    session.comparing = True
    moment = session.at(2)
    assert moment is not None
    found = moment.compared(WHICH)
    assert found is not None
    return found


def test_rows_are_found_by_their_keys_in_whatever_order() -> None:
    before = aggregate([ones((1,), ("a",), 10), ones((2,), ("b",), 4), ones((3,), ("gone",), 5)])
    now = aggregate([ones((2,), ("b",), 6), ones((1,), ("a",), 5), ones((1,), ("b",), 7)])
    found = comparison(before, now)
    assert [found.change(row) for row in range(3)] == [2, -5, 7]
    assert [found.ratio(row) for row in range(3)] == [0.5, -0.5, None]
    assert found.total == 18 - 19


def test_an_empty_baseline_makes_every_row_new() -> None:
    found = comparison(aggregate([ones((1,), ("a",), 1)][:0]), aggregate([]))
    assert len(found.changes) == 0


def test_rows_that_go_on_counting_are_compared_by_their_places() -> None:
    before = [ones((at,), ("a",), 1 + at) for at in range(3)]
    found = comparison(aggregate(before), aggregate([*before, ones((9,), ("b",), 5)]))
    assert found.changes.tolist() == [0, 0, 0, 5]
    assert [found.ratio(row) for row in (0, 3)] == [0, None]
    assert found.is_against(found.baseline)


def test_a_row_that_stood_still_and_stands_still_has_not_grown() -> None:
    found = compared(*(aggregate([ones((1,), ("a",), 7)], logged=False) for _ in range(3)))
    assert (found.change(0), found.ratio(0)) == (0, 0)


def test_averages_are_compared_where_the_row_was_there() -> None:
    before = aggregate([Row((1,), ("a",), 4, 700, 1, 900, 2), Row((2,), ("b",), 4, 10, 1, 900, 2)])
    now = aggregate([Row((2,), ("b",), 2, 25, 1, 900, 2), Row((1,), ("a",), 1, 600, 1, 900, 2), ones((1,), ("c",), 7)])
    found = comparison(before, now)
    assert [found.average_change(row) for row in range(3)] == [15.0, -100.0, None]
