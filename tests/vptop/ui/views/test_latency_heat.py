# SPDX-License-Identifier: GPL-2.0-or-later
"""The heat map: cells, boxes, percentiles as lines."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.latency_heat import HeatPanel
from vptop.ui.views.latency_keys import PerKeyPanel

HIGH = (120, 64)
"""So high that each bucket has two lines in the heat map."""


def panel(d: Driven) -> HeatPanel:
    return d.app.query_one(HeatPanel)


def counts(d: Driven) -> int:
    """What the lines by key count in all."""
    return sum(row.histogram.count for row in d.app.query_one(PerKeyPanel).rows)


def test_a_box_is_chosen_by_keys_and_filters_the_other_panels() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "tab")
        assert d.app.panel is panel(d)
        whole = counts(d)
        await d.press("k", "j")
        await d.shows("this second · 64–128 µs · 12")
        await d.press("v", "h", "k", "k", "v")
        await d.shows("box 64–256, 2 s")
        assert counts(d) == 2 * (12 + 64)
        assert d.screen().count("box 64–256, 2 s") == 4, "chart, buckets, by key, slowest"
        await d.press("escape")
        await d.until(lambda: "box" not in d.screen())
        assert counts(d) == whole

    drive(test, HIGH)


def test_a_box_is_drawn_with_the_mouse() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        at = panel(d)
        right, lowest = at.inner_width - 1, len(at.drawn.buckets) - 1
        await d.pilot.hover(HeatPanel, offset=(right + 1, lowest + 1))
        await d.shows("64–128 µs · 12")
        await d.pilot.mouse_down(HeatPanel, offset=(right + 1 - at.drawn.each, lowest - 1))
        await d.pilot.hover(HeatPanel, offset=(right + 1, lowest + 1))
        await d.pilot.mouse_up(HeatPanel, offset=(right + 1, lowest + 1))
        await d.shows("box 64–256, 2 s")

    drive(test, HIGH)


def test_enter_goes_to_the_second_of_a_cell() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "tab", "h", "h", "enter")
        await d.shows("FROZEN")
        assert d.app.session.timeline.cursor == 1

    drive(test)
