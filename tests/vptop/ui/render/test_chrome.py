# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines around the panels."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import PALETTE, frame
from vptop.ui.actions import GENERAL
from vptop.ui.render import chrome
from vptop.ui.render.chrome import Health, History, Tab
from vptop.ui.views import VIEWS

TABS = [Tab(row.id, row.title, row.short) for row in VIEWS]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_lines_around_are_exactly_as_wide_as_asked(moment, width):
    lines = [
        chrome.status(moment, Health(), width, PALETTE),
        chrome.status(None, Health(gone="x"), width, PALETTE),
        chrome.tabs(TABS, "overview", moment, width, PALETTE)[0],
        *chrome.history(History([1.0, 2.0], 0, 1, 2, 2), width, PALETTE),
        chrome.footer([action for action in GENERAL if action.footer], width, PALETTE)[0],
    ]
    assert {line.cell_length for line in lines} == {width}


def test_status_says_what_matters(moment):
    assert chrome.status(moment, Health(), 120, PALETTE).text.rstrip() == (
        " vptop  vptop.vp g1 +2 ▲ 6 errors │ 1.8k hits/s │ ovh 0.1% │ 12.4M blocks/s │ cpu 71% "
        "│ bundled 1 vCPU         00:00:03"
    )


def test_status_says_when_numbers_are_late(moment):
    moment.session.add(frame(4, behind_seconds=1.7, errors=()))
    text = chrome.status(moment.session.moment(), Health(), 120, PALETTE).text
    assert "▲ 1.7 s behind: numbers are late, not lost" in text
    assert "● running" in text


def test_status_says_what_was_dropped(moment):
    moment.session.add(frame(4, log_dropped=12, paused=True, errors=()))
    text = chrome.status(moment.session.moment(), Health(), 80, PALETTE).text
    assert "▲ dropped 12" in text
    assert "❚❚ paused" in text


def test_tabs_say_live_or_frozen(moment):
    assert chrome.tabs(TABS, "overview", moment, 120, PALETTE)[0].text.endswith("▶ LIVE ")
    moment.session.timeline.step(-1)
    assert "❚❚ FROZEN −1 s" in chrome.tabs(TABS, "overview", moment, 120, PALETTE)[0].text


def test_history_shows_scale_cursor_and_reloads():
    known = History([0, 10, 20, None], 5, 6, 9, 4, [(6, "▲a g2")])
    first, second = chrome.history(known, 60, PALETTE)
    assert first.text.split() == ["hits/s", "·▄▇", "▇", "20", "·", "0", "2/4"]
    assert "▲a g2" in second.text  # in the place of `now`
    wide = History([1.0] * 30, 0, 29, 30, 30, [(10, "▲a g2")])
    first, second = chrome.history(wide, 80, PALETTE)
    assert second.text.index("▲") - first.text.index("▇") == 10
