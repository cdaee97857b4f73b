# SPDX-License-Identifier: GPL-2.0-or-later
"""Time, sizes."""

from __future__ import annotations

import msgspec

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.ui.views.aggregates import AggregatePanel

SIZES = [(120, 40), (80, 24), (160, 50)]


def test_freeze_keeps_the_second_and_live_returns() -> None:
    async def test(d: Driven) -> None:
        await d.press("space")
        await d.shows("FROZEN")
        await d.frames(4, 5)
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 3.0
        await d.press("left_square_bracket")
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 2.0
        await d.press("space")
        await d.shows("LIVE")
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 5.0

    drive(test)


def test_the_baseline_is_compared_with_and_forgotten() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "d")
        await d.shows("no baseline yet")
        await d.press("b")
        await d.shows("the baseline is 00:00:03")
        await d.shows("⚑base")
        await d.frames(4, 5)
        await d.press("d")
        await d.shows("ΔCNT/S")
        await d.shows("Δ 00:00:03")
        assert "▲" in d.screen() or "▼" in d.screen()
        await d.press("d")
        await d.until(lambda: "ΔCNT/S" not in d.screen())
        await d.press("B")
        await d.until(lambda: "⚑base" not in d.screen())

    drive(test)


def test_a_reload_sets_the_baseline_to_the_second_before_it() -> None:
    async def test(d: Driven) -> None:
        shown = d.app.session.timeline.shown
        assert shown is not None
        scripts = shown.scripts
        again = (msgspec.structs.replace(scripts[0], generation=scripts[0].generation + 1), *scripts[1:])
        d.source.send(FrameMessage(frame(4, scripts=again)))
        await d.until(lambda: d.app.session.baseline is not None)
        baseline = d.app.session.baseline
        assert baseline is not None
        assert baseline.moment.frame.frame == 3
        await d.press("d")
        await d.shows("before vptop.vp v")

    drive(test)


def test_go_to_a_moment_by_its_name() -> None:
    async def test(d: Driven) -> None:
        await d.frames(4, 5, 6)
        await d.press("colon")
        await d.type("soon")
        await d.press("enter")
        await d.shows("no moment")
        await d.press("ctrl+u")
        await d.type("-2s")
        await d.press("enter")
        await d.until(lambda: d.app.session.timeline.cursor == 3)
        await d.shows("FROZEN")

    drive(test)


def test_names_of_aggregates_processes_and_probes_are_gone_to() -> None:
    async def test(d: Driven) -> None:
        async def go(text: str) -> None:
            await d.press("colon")
            await d.type(text)
            await d.press("enter")

        await go("latencyus")
        await d.shows("did you mean latency_us or latencies?")
        await d.press("backspace", "backspace")
        await d.type("_u")
        await d.press("enter")
        await d.shows("did you mean latency_us?")
        await d.type("s")
        await d.press("enter")
        await d.until(lambda: d.app.view == "aggregates")
        assert d.app.query_one("#aggregate-table", AggregatePanel).chosen.name == "latency_us"
        await d.press("colon")
        await d.type("cru")
        await d.shows("in running")
        await d.press("tab", "enter")
        await d.until(lambda: d.app.view == "irq")
        assert d.app.panel is not None
        assert d.app.panel.filter.text == "cruncher"
        await go("guest_irq")
        await d.until(lambda: d.app.view == "edit")

    drive(test)
