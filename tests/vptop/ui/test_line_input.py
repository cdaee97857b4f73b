# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that come faster than they are handled take effect in their order."""

from __future__ import annotations

from textual.events import Key
from textual.widgets import Input

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.editor import EditorPane
from vptop.ui.views.aggregates import AggregatePanel

KEYS = ["a", "b", "c", "backspace", "d", "left", "e", "backspace", "backspace", "f"]


def press_all(d: Driven, *keys: str) -> None:
    """All keys at once, as a terminal pastes them."""
    for key in keys:
        d.app.post_message(Key(key, key if len(key) == 1 else None))


def test_in_a_field() -> None:
    async def test(d: Driven) -> None:
        await d.press("slash")
        press_all(d, *KEYS)
        await d.until(lambda: d.app.query_one("#filter", Input).value == "afd")
        press_all(d, "x", "ctrl+u", "y", "enter")
        await d.until(lambda: d.app.panel is not None and d.app.panel.filter.text == "yd")

    drive(test)


def test_behind_a_filter_that_is_kept_or_cleared() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        press_all(d, "slash", *"cr", "enter", "r")
        panel = d.app.panel
        assert isinstance(panel, AggregatePanel)
        before = panel.sort
        await d.until(lambda: panel.filter.text == "cr" and panel.sort != before)
        press_all(d, "slash", *"un", "enter", "escape", "r")
        await d.until(lambda: panel.sort == before)
        await d.pilot.pause()
        assert not panel.filter

    drive(test)


def test_in_the_editor() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        before = area.text
        press_all(d, *KEYS)
        await d.until(lambda: area.text == f"afd{before}")
        press_all(d, "ctrl+z", "home", "x", "delete", "delete")
        await d.until(lambda: area.text.startswith("x"))

    drive(test)


def test_from_a_panel_into_a_field_and_a_dialog() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        press_all(d, "slash", *"tar")
        await d.until(lambda: d.app.query_one("#filter", Input).value == "tar")
        await d.press("escape")
        press_all(d, "colon", *"max")
        await d.until(lambda: isinstance(d.app.screen, PromptScreen) and d.app.screen.query_one(Input).value == "max")

    drive(test)
