# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments by what a person calls them."""

from __future__ import annotations

import pytest

from engine.probes.frame import ProbeState, ScriptState
from tests.vptop.ui.fakes import frame
from vptop.model.baseline import Reload
from vptop.model.goto import PlaceError, find
from vptop.model.session import Session


@pytest.fixture
def session() -> Session:
    made = Session()
    for second in range(1, 301):
        made.add(frame(second))
    made.reloads.append(Reload(99, "disk.vp", 2))
    made.reloads.append(Reload(199, "irq.vp", 2))
    return made


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("-30s", 270), ("-2m", 180), ("-1h", 1), ("00:02:05", 125), ("4:10", 250), ("17", 17), ("17.4s", 17),
        ("9999", 300),
        ("first", 1), ("last", 300), ("v2", 200), ("disk.vp v2", 100), ("disk.vp g2", 100), (" LAST ", 300),
    ],
)  # fmt: skip
def test_words_name_a_second(session: Session, text: str, second: int) -> None:
    shown = session.timeline.ring.get(find(text, session))
    assert shown is not None
    assert shown.guest_seconds == second


def test_back_is_counted_from_the_moment_shown(session: Session) -> None:
    session.timeline.go_to(99)
    assert find("-10", session) == 89


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soon", "no moment `soon`; expected -30s"),
        ("v7", "no reload v7; there are: disk.vp v2, irq.vp v2"),
        ("baseline", "no baseline is set"),
    ],
)
def test_words_that_name_none_are_explained(session: Session, text: str, message: str) -> None:
    with pytest.raises(PlaceError, match=message):
        find(text, session)


def test_without_a_frame_there_is_no_moment() -> None:
    for text in ("5", "max"):
        with pytest.raises(PlaceError, match="no Frame has come yet"):
            find(text, Session())


def test_the_busiest_second() -> None:
    session = Session()
    for second, hits in enumerate((0, 10, 500, 600), 1):
        probes = (ProbeState("VMM1Hz", 1, hits, 0, 0),)
        session.add(frame(second, scripts=(ScriptState("a.vp", 1, probes),)))
    assert find("max", session) == 2
