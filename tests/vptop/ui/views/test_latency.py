# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms at several sizes, spans and scales."""

from __future__ import annotations

import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import DISK_SCRIPT, HEIGHTS, aggregate, frame, ones
from vptop.ui.views.latency import ChartPanel


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
def test_chart_percentiles_and_heat_map(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        for text in ("Disk latency: count by µs", "p50", "Latency over time", "this second"):
            await d.shows(text)

    drive(test, size)


def test_the_chart_of_what_is_not_the_disk_has_the_name_of_the_aggregate() -> None:
    async def test(d: Driven) -> None:
        d.app.session.set_source("disk-latency.vp", DISK_SCRIPT.replace("Disk_IOFinish", "GUEST:EXIT:schedule"))
        await d.frames(4)
        await d.press("4")
        await d.shows("4 latency_us: count by µs")

    drive(test)


def test_spans_and_scales_are_those_of_all_panels() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "w")
        await d.shows("10 s")
        await d.shows("n 4128")
        await d.press("L")
        assert d.screen().count("linear") == 1, "buckets are listed as they are"
        await d.press("t")
        await d.shows("─○─ p50")

    drive(test)


def test_a_key_draws_the_panels_that_it_changes() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        counts = {"latency-chart", "latency-buckets", "latency-keys"}
        over_time = {"latency-heat"}
        unseen = d.app.query_one("#over-latency", ChartPanel)
        rows = unseen.rows
        for key, changed in (
            ("w", counts),
            ("S", counts),
            ("L", {"latency-chart"}),
            ("t", over_time),
            ("L", {"latency-chart"} | over_time),
        ):
            before = {panel.id: panel.rows for panel in d.app.active_view.panels}
            await d.press(key)
            drawn = {panel.id for panel in d.app.active_view.panels if panel.rows is not before[panel.id]}
            assert drawn == changed, key
            assert "latency-slowest" in before
        assert unseen.rows is rows
        await d.press("1")
        assert "count/s" in unseen.title_text()
        assert unseen.rows is not rows

    drive(test)


def test_counts_are_shown_per_second() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "w", "S")
        await d.shows("Disk latency: count/s by µs")
        assert d.screen().count("CNT/S") == 2, "buckets, by key"
        await d.shows("1376.0")  # 4128 in 3 s
        await d.pilot.hover("#latency-chart", offset=(10, 3))
        await d.shows("64–128 µs · 12.0/s · 0.9%")
        await d.press("w", "w")
        await d.shows("all 3 s")
        await d.press("S")
        await d.shows("Disk latency: count by µs")
        assert "4128" in d.screen()

    drive(test)


def test_nothing_to_show_is_said() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        d.source.send(FrameMessage(frame(4, aggregates={})))
        for second in range(5, 66):
            d.source.send(FrameMessage(frame(second, aggregates={})))
        await d.until(lambda: d.screen().count("nothing counted in these s") >= 4, "the same words in all panels")
        assert "no histogram" not in d.screen()

    drive(test, (160, 50))


def test_the_axis_keeps_still_and_forgets_outliers() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        panel = d.app.query_one("#latency-chart", ChartPanel)
        outlier = aggregate([ones((1,), ("read",), 1), *(ones((low,), ("read",), count) for low, count in HEIGHTS)])
        d.source.send(FrameMessage(frame(4, aggregates={"latency_us": outlier})))
        await d.until(lambda: panel.drawn.buckets[0].low == 1)
        few = aggregate([ones((256,), ("read",), 1)])
        d.source.send(FrameMessage(frame(5, aggregates={"latency_us": few})))
        await d.until(lambda: panel.drawn.buckets[0].low > 1)
        assert panel.drawn.buckets[0].low <= 128, "what most of the last seconds had"
        assert panel.drawn.buckets[-1].low >= 8192

    drive(test)


def test_the_bucket_under_the_mouse_is_said() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        await d.pilot.hover("#latency-chart", offset=(10, 3))
        await d.shows("64–128 µs · 12 · 0.9%")
        await d.pilot.hover("#latency-heat", offset=(1, 1))
        await d.until(lambda: "· 0.9%" not in d.screen())

    drive(test)


def test_differences_from_the_baseline() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "b")
        twice = aggregate([ones((low,), ("read",), count) for low, count in HEIGHTS if low > 1000])
        d.source.send(FrameMessage(frame(4, aggregates={"latency_us": twice})))
        await d.press("d")
        await d.shows("p50 2.5k +189%")
        assert "ΔP50" in d.screen()
        assert "Δ%" in d.screen()
        await d.press("d")
        await d.until(lambda: "Δ" not in d.screen())

    drive(test)
