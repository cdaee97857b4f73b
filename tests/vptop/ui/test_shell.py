# SPDX-License-Identifier: GPL-2.0-or-later
"""Views, time, sizes."""

from __future__ import annotations

import msgspec
import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.ui.views import VIEWS
from vptop.ui.views.aggregates import AggregatePanel

SIZES = [(120, 40), (80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_every_view_opens_by_its_digit(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for digit, view in enumerate(VIEWS, start=1):
            await d.press(str(digit))
            assert d.app.view == view.id
            assert d.screen().strip()
            if view.id == "edit":
                await d.press("escape")

    drive(test, size)


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


def test_zoom_shows_one_panel() -> None:
    async def test(d: Driven) -> None:
        await d.press("z")
        await d.until(lambda: "Guest stacks" not in d.screen())
        await d.press("z")
        await d.shows("Guest stacks")

    drive(test)


def test_resizing_while_it_runs() -> None:
    async def test(d: Driven) -> None:
        for size in ((80, 24), (40, 12), (20, 5), (200, 60), (120, 40)):
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
            assert len(d.screen().splitlines()) == size[1]
        await d.shows("IRQ top by process")

    drive(test)


def test_a_zoomed_panel_stands_between_the_same_lines() -> None:
    async def test(d: Driven) -> None:
        before = d.screen().splitlines()
        await d.press("z")
        await d.until(lambda: "Guest stacks" not in d.screen())
        after = d.screen().splitlines()
        assert (after[:2], after[-4:]) == (before[:2], before[-4:])
        assert len([line for line in after if line.startswith(("┃", "┏", "┗"))]) == 34
        await d.press("3")
        await d.press("1")
        await d.shows("Guest stacks")

    drive(test)


def test_a_message_goes_when_the_view_changes_and_a_warning_stays() -> None:
    async def test(d: Driven) -> None:
        await d.press("y")
        await d.shows("copied 7 rows")
        await d.press("2")
        assert "copied" not in d.screen()
        d.app.say("careful", "warn")
        await d.press("3")
        await d.shows("careful")

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


def test_names_of_aggregates_probes_and_functions_are_gone_to() -> None:
    async def test(d: Driven) -> None:
        async def go(text: str) -> None:
            await d.press("colon")
            await d.type(text)
            await d.press("enter")

        await go("latency_u")
        await d.shows("did you mean latency_us?")
        await d.type("s")
        await d.press("enter")
        await d.until(lambda: d.app.view == "aggregates")
        assert d.app.query_one("#aggregate-table", AggregatePanel).chosen.name == "latency_us"
        await go("guest_irq")
        await d.until(lambda: d.app.view == "edit")

    drive(test)
