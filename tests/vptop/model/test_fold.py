# SPDX-License-Identifier: GPL-2.0-or-later
"""Aggregates over a span of Frames and by some of their keys."""

from __future__ import annotations

import pytest

from engine.probes.frame import AggregateData, AggregateId
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model.fold import (
    EVERY,
    FoldedTrends,
    Folding,
    against,
    fold,
    in_words,
    kept,
    parts_of,
    seconds_of,
    unfolded,
)
from vptop.model.moment import Moment
from vptop.model.session import Session

CLEARED = AggregateId("vptop.vp", "running")
KEPT = AggregateId("vptop.vp", "kept")
SCRIPT = "(defaggr running 1 1)(defaggr kept 1 1)(vprobe VMM1Hz (logaggr running)(clearaggr running))"
BY_NAME = Folding(0, frozenset({0}))


def counts(*numbers: int, logged: bool) -> AggregateData:
    """Rows (1, a), (2, a), (3, b), ... with these counts."""
    return aggregate([ones((at + 1,), ("a" if at < 2 else "b",), n) for at, n in enumerate(numbers)], logged=logged)


@pytest.fixture
def session() -> Session:
    """Five seconds: `running` counts the second in each row, `kept` goes on counting one a second in each."""
    made = Session()
    made.set_source("vptop.vp", SCRIPT)
    for second in range(1, 6):
        data = {
            CLEARED: counts(second, second, second, logged=True),
            KEPT: counts(second, second, second, logged=False),
        }
        made.add(frame(second, aggregates=data))
    return made


def at(session: Session, sequence: int = 4) -> Moment:
    moment = session.at(sequence)
    assert moment is not None
    return moment


def rows(moment: Moment, which: AggregateId, folding: Folding) -> list[tuple[tuple[object, ...], int, float]]:
    found = fold(parts_of(moment, which, folding), folding)
    return [((*row.key[0], *row.key[1]), row.count, row.rate) for row in found]


def test_a_span_has_the_seconds_of_the_frames_that_are_there(session: Session) -> None:
    assert [kept(at(session), frames) for frames in (1, 3, EVERY)] == [1, 3, 5]
    assert [seconds_of(at(session), frames) for frames in (1, 3, EVERY)] == [1.0, 3.0, 5.0]
    assert [in_words(at(session, 2), frames) for frames in (1, 60, EVERY)] == ["this second", "60 s", "all 3 s"]


def test_a_span_of_an_aggregate_that_is_cleared_is_summed(session: Session) -> None:
    assert rows(at(session), CLEARED, Folding(3)) == [((1, "a"), 12, 4), ((2, "a"), 12, 4), ((3, "b"), 12, 4)]
    assert rows(at(session), CLEARED, Folding(1 << 30))[0] == ((1, "a"), 15, 3)
    assert rows(at(session, 1), CLEARED, Folding(60))[0] == ((1, "a"), 3, 1.5), "no Frame after the moment shown"


def test_a_span_of_an_aggregate_that_is_kept_is_a_difference(session: Session) -> None:
    assert rows(at(session), KEPT, Folding(1))[0] == ((1, "a"), 1, 1)
    assert rows(at(session), KEPT, Folding(3))[0] == ((1, "a"), 3, 1)


def test_keys_that_are_left_out_are_summed_over(session: Session) -> None:
    assert rows(at(session), CLEARED, BY_NAME) == [(("a",), 10, 10), (("b",), 5, 5)]
    assert rows(at(session), KEPT, BY_NAME) == [(("a",), 10, 2), (("b",), 5, 1)], "counts stay those since loading"
    assert rows(at(session), KEPT, Folding(3, frozenset({1})))[2] == ((3,), 3, 1)


def test_one_key_stays_at_least(session: Session) -> None:
    measured = at(session).measured(CLEARED)
    assert measured is not None
    assert Folding(0, frozenset({0, 1})).kept(measured.data) == [0, 1]
    assert not Folding(0, frozenset({0, 1})).changes(measured)
    assert not Folding(1).changes(measured)
    assert Folding(10).changes(measured)


def test_an_aggregate_that_is_not_there_has_no_parts(session: Session) -> None:
    assert parts_of(at(session), AggregateId("vptop.vp", "other"), Folding(3)) == []


def test_folded_rows_are_compared_with_folded_rows(session: Session) -> None:
    moment = at(session)
    now = fold(parts_of(moment, CLEARED, BY_NAME), BY_NAME)
    session.set_baseline(session.at(1), "set here")
    session.comparing = True
    usual = moment.compared(CLEARED)
    assert usual is not None
    found = against(usual, now, BY_NAME)
    assert found.changes.tolist() == [6, 3]
    assert found.is_against(usual.baseline)
    assert against(usual, usual.now, Folding()).baseline is usual.baseline


def test_trends_of_folded_rows(session: Session) -> None:
    trends = FoldedTrends()
    assert trends.rates(at(session), CLEARED, BY_NAME, ((), (b"a",)), 4) == [4, 6, 8, 10]
    assert trends.rates(at(session, 1), CLEARED, BY_NAME, ((), (b"a",)), 3) == [None, 2, 4]
    assert trends.rates(at(session), CLEARED, BY_NAME, ((), (b"new",)), 2) == [0, 0]


def test_a_folded_row_leads_to_the_busiest_of_its_rows(session: Session) -> None:
    rows = [ones((1,), ("a",), 1), ones((2,), ("a",), 3), ones((3,), ("b",), 9)]
    session.add(frame(6, aggregates={CLEARED: aggregate(rows), KEPT: counts(logged=False)}))
    newest = at(session, 5)
    found = unfolded(newest, CLEARED, BY_NAME, ((), (b"a",)))
    assert found is not None
    assert (found[0].sequence, found[1]) == (5, 1)
    whole = unfolded(newest, CLEARED, Folding(), ((3,), (b"b",)))
    assert whole is not None
    assert (whole[0].sequence, whole[1]) == (5, 2)
    assert unfolded(newest, CLEARED, BY_NAME, ((), (b"c",))) is None
    since = unfolded(newest, KEPT, Folding(3), ((2,), (b"a",)))
    assert since is not None
    assert (since[0].sequence, since[1]) == (4, 1), "the newest Frame that has it"


def test_spans_begin_with_the_first_frame_that_is_kept_or_recorded() -> None:
    session = Session()
    session.set_source("vptop.vp", SCRIPT)
    for second in (300, 301, 302):
        session.add(frame(second, aggregates={CLEARED: counts(12, logged=True), KEPT: counts(second, logged=False)}))
    assert seconds_of(at(session, 2), EVERY) == 3.0
    assert rows(at(session, 2), CLEARED, Folding(EVERY)) == [((1, "a"), 36, 12.0)]
    assert rows(at(session, 0), KEPT, Folding()) == [((1, "a"), 300, 1.0)], "the mean since power-on"


def test_a_span_begins_with_the_machine(session: Session) -> None:
    for second in (1, 2):
        data = {CLEARED: counts(7, 7, 7, logged=True), KEPT: counts(7 * second, logged=False)}
        session.add(frame(second, aggregates=data))
    moment = at(session, 6)
    assert (seconds_of(moment, 4), in_words(moment, EVERY)) == (2.0, "all 2 s")
    assert seconds_of(at(session), EVERY) == 5.0, "of the machine before"
    assert rows(moment, CLEARED, Folding(4))[0] == ((1, "a"), 7 + 7, 7.0)
    assert rows(moment, KEPT, Folding(4))[0] == ((1, "a"), 14, 7.0)
    session.add(frame(3, aggregates={CLEARED: counts(7, logged=True)}))
    assert unfolded(at(session, 7), CLEARED, Folding(9), ((2,), (b"a",))) is not None
    session.add(frame(1, aggregates={CLEARED: counts(7, logged=True)}))
    assert unfolded(at(session, 8), CLEARED, Folding(9), ((2,), (b"a",))) is None
    assert at(session, 5).seconds == 1.0
    assert rows(at(session, 5), KEPT, Folding(0)) == [((1, "a"), 7, 7.0)]
