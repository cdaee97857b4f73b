# SPDX-License-Identifier: GPL-2.0-or-later
"""Tabs and the timeline by mouse."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.render import chrome
from vptop.ui.views import VIEWS
from vptop.ui.widgets.chrome import HistoryBar


def test_tabs_by_mouse() -> None:
    async def test(d: Driven) -> None:
        line = d.screen().splitlines()[1]
        await d.pilot.click(offset=(line.index(VIEWS[2].title) + 1, 1))
        assert d.app.view == VIEWS[2].id

    drive(test)


def test_the_timeline_is_scrubbed_by_mouse() -> None:
    async def test(d: Driven) -> None:
        bar, timeline = d.app.query_one(HistoryBar), d.app.session.timeline
        await d.frames(*range(4, 11))
        end = len(chrome.LABEL) + chrome.history_width(bar.size.width)  # behind the cell of the newest Frame

        await d.pilot.click(HistoryBar, offset=(0, 0))  # not in the history
        await d.pilot.click(HistoryBar, offset=(end, 0))
        assert timeline.live
        await d.pilot.click(HistoryBar, offset=(end - 4, 0))
        await d.until(lambda: timeline.cursor == 6)
        assert not timeline.live
        await d.shows("7/10")
        await d.pilot.mouse_down(HistoryBar, offset=(end - 3, 0))
        await d.until(lambda: timeline.cursor == 7)
        await d.pilot.hover(HistoryBar, offset=(end - 6, 0))
        await d.until(lambda: timeline.cursor == 4)
        await d.pilot.hover(HistoryBar, offset=(0, -5))  # to the left of the history and above it
        await d.until(lambda: timeline.cursor == 0)
        await d.pilot.hover(HistoryBar, offset=(end - 2, -5))
        await d.until(lambda: timeline.cursor == 8)
        await d.pilot.mouse_up(HistoryBar, offset=(end - 2, 1))
        await d.pilot.hover(HistoryBar, offset=(end - 9, 0))  # no button is held
        assert timeline.cursor == 8

    drive(test)
