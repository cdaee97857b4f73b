# SPDX-License-Identifier: GPL-2.0-or-later
"""Find and replace in the text."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT
from vptop.ui.editor import EditorPane


async def opened(d: Driven) -> EditorPane:
    await d.press("8")
    return d.app.query_one(EditorPane)


def test_find_goes_through_the_matches_and_replaces_them() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+f")
        await d.type("RUNNING")
        await d.shows("0 found")
        await d.press("ctrl+u")
        await d.type("running")
        await d.shows("4 found")
        await d.press("enter")
        assert editor.area.selected_text == "running"
        assert editor.area.cursor_location[0] == 1
        await d.press("tab")
        await d.type("busy")
        await d.press("enter")
        await d.shows("1/3 found")
        await d.press("ctrl+a")
        assert editor.area.text == IRQ_SCRIPT.replace("running", "busy")
        await d.shows("3 replaced")
        await d.press("ctrl+z")
        assert editor.area.text.count("running") == 3
        await d.shows("3 found")
        await d.press("ctrl+a", "escape")
        assert editor.area.has_focus
        await d.press("ctrl+z")
        assert editor.area.text.count("running") == 3

    drive(test)


def test_an_invalid_pattern_is_named() -> None:
    async def test(d: Driven) -> None:
        await opened(d)
        await d.press("ctrl+f")
        await d.type("re:(")
        await d.shows("invalid pattern")

    drive(test)
