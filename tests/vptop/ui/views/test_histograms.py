# SPDX-License-Identifier: GPL-2.0-or-later
"""What panels of histograms share."""

from __future__ import annotations

from engine.probes.frame import NO_AGGREGATE
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import which
from vptop.model.box import Box
from vptop.model.session import Moment
from vptop.ui.views.histograms import HistogramPanel, in_box, unit_of


def test_spans_and_boxes_in_words(moment: Moment) -> None:
    assert in_box(moment, None, 1) == "this second"
    assert in_box(moment, None, 10) == "10 s"
    assert in_box(moment, Box(64, 2048, 1, 2), 10) == "box 64–2.05k, 2 s"
    assert in_box(moment, Box(64, 128, 0, 0), 10) == "box 64–128, 1 s, 2 s ago"


def test_the_unit_is_hinted_or_that_of_the_disk(moment: Moment) -> None:
    assert unit_of(moment, which("latency_us")) == unit_of(moment, which("latencies")) == "µs"
    assert unit_of(moment, which("running")) == ""


def test_settings_are_those_of_every_panel_of_latencies() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "w")
        await d.until(lambda: d.screen().count("10 s") == 3, "chart, buckets, by key")

    drive(test)


def test_a_panel_without_room_says_so_and_not_that_there_is_no_histogram() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        panel = d.app.query_one("#latency-heat", HistogramPanel)
        assert panel.rows
        assert panel.explain_empty() == "too few lines to draw it; z shows this panel alone"
        panel.aggregate = NO_AGGREGATE
        assert panel.explain_empty().startswith("no histogram")

    drive(test)
