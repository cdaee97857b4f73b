# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of words that fit."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor import EditorPane


def test_words_have_signatures_and_the_current_one_is_explained() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        popup = d.app.query_one(EditorPane).popup
        await d.press("ctrl+end")
        await d.type("(vprobe VMM1Hz (log")
        await d.shows("(logaggr NAME)")
        await d.shows("Print all rows of an aggregate to the log.")
        assert popup.current.name == "logaggr"
        await d.press("down")
        await d.shows("(logint INTEGER)")
        assert popup.current.name == "logint"
        await d.press("up", "up")
        assert popup.current.name == "logstr"  # around the end

    drive(test)


def test_the_list_is_no_wider_than_the_screen() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        popup = editor.popup
        editor.area.load_text("(vprobe VMM1Hz (l")
        await d.press("ctrl+end", "o")
        await d.until(lambda: popup.is_open and popup.size.width == 60)
        await d.until(lambda: "function" in d.screen(), "the kind of the word")

    drive(test, size=(60, 20))


def test_the_list_is_beside_the_line_of_the_cursor_wherever_that_moves() -> None:
    """The text moves when panes appear below it; where there is little room below, the list is above."""

    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        area, popup = editor.area, editor.popup

        def beside() -> bool:
            return not popup.region.contains(popup.region.x, area.cursor_screen_offset.y)

        area.load_text("\n" * 60 + "(vprobe VMM1Hz (l")
        await d.press("ctrl+end", "o")
        await d.until(lambda: popup.is_open and popup.size.height > 2)
        await d.until(beside, "the list beside the line")
        await d.pilot.resize_terminal(60, 30)
        await d.until(beside, "the list beside the line, where there is more room")
        await d.pilot.resize_terminal(40, 10)
        await d.until(lambda: popup.region.bottom == area.cursor_screen_offset.y, "the list above the line")
        await d.press("down", "down", "down", "down", "down", "down", "down")
        await d.until(lambda: popup.current.name in d.screen(), "the current word")

    drive(test, size=(60, 20))
