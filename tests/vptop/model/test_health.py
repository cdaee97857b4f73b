# SPDX-License-Identifier: GPL-2.0-or-later
"""How the machine and its scripts do."""

from __future__ import annotations

import pytest

from engine.probes.frame import ProbeState, ScriptState
from tests.vptop.ui.fakes import SCRIPTS, aggregate, frame, ones, which
from vptop.model.health import GAUGES, HealthHistory
from vptop.model.moment import Moment
from vptop.model.session import Session


@pytest.fixture
def moment() -> Moment:
    """The third second, which took the host two, came late and lost five updates."""
    session = Session()
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    session.add(frame(1))
    session.add(frame(2))
    lost = aggregate([ones((1,), ("p",), 1)], dropped=5)
    session.add(frame(3, wall_seconds=4.1, behind_seconds=0.8, aggregates={which("running"): lost}))
    made = session.moment()
    assert made is not None
    return made


def test_each_gauge_has_its_last_seconds_with_gaps_where_nothing_is_known(moment: Moment) -> None:
    found = dict(zip([gauge.name for gauge in GAUGES], HealthHistory().values(moment, 4), strict=True))
    assert found["speed"] == (None, None, pytest.approx(1.0), pytest.approx(0.5))
    assert found["probe hits"] == (None, None, 1768, 1768)
    assert found["dropped"] == (None, None, 0, 5)
    assert found["lag"][-1] == 0.8
    assert found["CPU busy"][-1] == pytest.approx(71)


def test_seconds_that_were_asked_afterwards_are_counted_anew(moment: Moment) -> None:
    history = HealthHistory()
    history.values(moment, 3)
    for second in (2, 3):
        moment.session.add_asked(
            frame(second, scripts=(ScriptState("late.vp", 1, (ProbeState("Guest_PF", 1, 100 * second, 0, 0),), 1),))
        )
    shown = moment.session.moment()
    assert shown is not None
    assert history.values(shown, 3)[1] == HealthHistory().values(shown, 3)[1] == (None, 1968, 1868)


def test_what_deserves_attention(moment: Moment) -> None:
    values = HealthHistory().values(moment, 1)
    bad = [gauge.name for gauge, (value,) in zip(GAUGES, values, strict=True) if value and gauge.is_bad(moment, value)]
    assert bad == ["speed", "dropped", "lag"]
