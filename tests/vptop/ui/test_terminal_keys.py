# SPDX-License-Identifier: GPL-2.0-or-later
"""What a terminal sends for Alt with a character is read as that."""

from __future__ import annotations

from textual import events
from textual._xterm_parser import XTermParser

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor import EditorPane
from vptop.ui.terminal_keys import know_alt_keys


def keys(sent: str) -> list[str]:
    return [event.key for event in XTermParser().feed(sent) if isinstance(event, events.Key)]


def test_escape_and_a_character_are_alt_and_the_character() -> None:
    know_alt_keys()
    assert keys("\x1b2\x1b0\x1bz\x1b[A") == ["alt+2", "alt+0", "alt+z", "up"]
    assert keys("\x1bf\x1bb") == ["ctrl+right", "ctrl+left"]


def test_alt_and_a_digit_show_a_view_also_where_text_is_typed() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        before = area.text
        await d.press("alt+7")
        await d.until(lambda: d.app.view == "log")
        await d.press("slash", "alt+2")
        await d.until(lambda: d.app.view == "aggregates")
        assert area.text == before
        assert not d.app.query_one("#filter").display

    drive(test)
