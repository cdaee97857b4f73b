# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines around the panels."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.actions import GENERAL
from vptop.ui.render import chrome
from vptop.ui.render.chrome import History, Tab
from vptop.ui.views import VIEWS

TABS = [Tab(row.id, row.title, row.short) for row in VIEWS]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_lines_around_are_exactly_as_wide_as_asked(moment, width):
    lines = [
        chrome.tabs(TABS, "overview", moment, width, PALETTE)[0],
        *chrome.history(History([1.0, 2.0], 0, 1, 2, 2), width, PALETTE),
        chrome.footer([action for action in GENERAL if action.footer], width, PALETTE)[0],
    ]
    assert {line.cell_length for line in lines} == {width}


def test_tabs_say_live_or_frozen(moment):
    assert chrome.tabs(TABS, "overview", moment, 120, PALETTE)[0].text.endswith("▶ LIVE ")
    moment.session.timeline.step(-1)
    assert "❚❚ FROZEN −1 s" in chrome.tabs(TABS, "overview", moment, 120, PALETTE)[0].text


@pytest.mark.parametrize(
    ("width", "others"), [(120, "2 Aggregates  3 IRQ"), (80, "2Agg 3IRQ"), (40, "2 3 4 5 6 7 8 9 ")]
)
def test_every_view_has_a_tab_at_every_width(moment, width, others):
    line, places = chrome.tabs(TABS, "overview", moment, width, PALETTE)
    assert others in line.text
    assert line.text.endswith("▶ LIVE ")
    assert [line.text[start:end].strip()[0] for start, end, _ in places] == list("123456789")
    assert [view for _, _, view in places] == [view.id for view in TABS]


def test_history_shows_scale_cursor_and_reloads():
    known = History([0, 10, 20, None], 5, 6, 9, 4, [(6, "▲a g2")])
    first, second = chrome.history(known, 60, PALETTE)
    assert first.text.split() == ["hits/s", "·▄▇", "▇", "20", "·", "0", "2/4"]
    assert "▲a g2" in second.text  # in the place of `now`
    wide = History([1.0] * 30, 0, 29, 30, 30, [(10, "▲a g2")])
    first, second = chrome.history(wide, 80, PALETTE)
    assert second.text.index("▲") - first.text.index("▇") == 10


def test_history_marks_what_was_asked_afterwards():
    known = History([1.0] * 30, 0, 29, 30, 30, asked=[20, 21, 29])
    first, second = chrome.history(known, 80, PALETTE)
    assert second.text[first.text.index("▇") + 20 :].startswith("??     now")


def test_times_below_the_history_are_those_before_the_newest_second():
    known = History([1.0] * 36, 20, 40, 100, 100, [(55, "▲a g2")])
    first, second = chrome.history(known, 60 + 8, PALETTE)
    begin = first.text.index("▇", first.text.index("hits/s"))
    assert "now" not in second.text
    assert second.text[begin:].index("-60s") == 39 - 20
    known = History([1.0] * 36, 64, 99, 100, 100, [(95, "⚑base")])
    assert "now" not in chrome.history(known, 60 + 8, PALETTE)[1].text, "it would run into the mark"
