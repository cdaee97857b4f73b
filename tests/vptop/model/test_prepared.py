# SPDX-License-Identifier: GPL-2.0-or-later
"""Large aggregates are measured before their Frames are added."""

from __future__ import annotations

import pytest

from engine.probes.frame import AggregateData, Frame
from tests.vptop.ui.fakes import SCRIPTS, again, aggregate, frame, ones, which
from vptop.model import prepared
from vptop.model.ring import Ring
from vptop.model.session import Session

BUCKETS = which("latency_us")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """It keeps two Frames; aggregates of two rows are large."""
    monkeypatch.setattr(prepared, "ROWS", 1)
    made = Session(Ring(frames=2))
    for name, source in SCRIPTS.items():
        made.set_source(name, source)
    return made


def counts(*of_buckets: int) -> AggregateData:
    return aggregate([ones((1 << at,), ("read",), count) for at, count in enumerate(of_buckets)])


def come(session: Session, *frames: Frame) -> None:
    for one in frames:
        session.prepare(one)
        session.add(one)


def test_what_was_measured_is_taken_when_the_frame_is_added(session: Session) -> None:
    come(session, *(frame(second, aggregates={"latency_us": counts(second, 2)}) for second in (1, 2)))
    measured = session.measured(1, BUCKETS)
    assert measured is not None
    assert {"hits", "by_number", "highest"} <= {*vars(measured)}
    assert measured.by_number == {1: 2, 2: 2}


def test_what_the_oldest_frame_counted_is_known_when_the_one_before_is_gone(session: Session) -> None:
    come(session, *(frame(second, aggregates={"latency_us": counts(second, 2)}) for second in (1, 2, 3)))
    oldest = session.measured(1, BUCKETS)
    assert oldest is not None
    assert oldest.before is None
    assert vars(oldest)["by_number"] == {1: 2, 2: 2}


def test_another_interval_than_was_expected_is_measured_anew(session: Session) -> None:
    kept = aggregate([ones((1,), ("read",), 1)] * 2, logged=False)
    come(session, frame(1, aggregates={"running": kept}))
    other = again(2, aggregates={"running": kept})
    session.prepare(other)
    session.add(frame(2, aggregates={"running": kept}))
    session.add(other)
    measured = session.measured(2, which("running"))
    assert measured is not None
    assert measured.before is session.timeline.ring.get(1).aggregates[which("running")]  # type: ignore[union-attr]


def test_a_machine_that_was_started_anew_is_measured_against_nothing(session: Session) -> None:
    come(session, frame(7, aggregates={"running": counts(1, 1)}), frame(1, aggregates={"running": counts(2, 2)}))
    measured = session.measured(1, which("running"))
    assert measured is not None
    assert measured.before is None
    assert "hits" in vars(measured)
