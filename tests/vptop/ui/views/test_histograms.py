# SPDX-License-Identifier: GPL-2.0-or-later
"""What panels of histograms share."""

from __future__ import annotations

from engine.probes.frame import NO_AGGREGATE
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.histograms import HistogramPanel


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
