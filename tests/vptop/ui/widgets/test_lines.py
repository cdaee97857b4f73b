# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows, cursor, scrolling."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones


def test_scrolling_and_paging_keep_the_cursor_in_sight() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "G")
        assert d.app.panel is not None
        assert d.app.panel.cursor == len(d.app.panel.rows) - 1
        await d.press("g", "j", "j", "k")
        assert d.app.panel.cursor == 1

    drive(test)


def test_guest_text_cannot_drive_the_terminal_or_the_markup() -> None:
    async def test(d: Driven) -> None:
        nasty = "\x1b[31mred[bold]x[/bold]\x07"
        rows = aggregate([ones((32,), (nasty,), 99)])
        d.source.send(FrameMessage(frame(4, aggregates={"running": rows}, log=nasty + "\n", console=nasty + "\n")))
        for view in ("1", "2", "3", "7", "9"):
            await d.press(view)
            assert "\x1b" not in d.screen()
            assert "\x07" not in d.screen()
            assert "[bold]x" in d.screen() or view != "2"

    drive(test)


def test_an_empty_panel_says_why_over_as_many_lines_as_that_takes() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        panel = d.app.panel
        assert panel is not None
        panel.show(None)
        await d.shows("no second recorded yet")
        d.source.send(FrameMessage(frame(4, aggregates={})))
        await d.shows("no interrupts counted; load a")
        await d.shows("with an aggregate by vector and")

    drive(test, (40, 20))
