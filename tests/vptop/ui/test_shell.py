# SPDX-License-Identifier: GPL-2.0-or-later
"""Views, time, sizes."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views import VIEWS

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
