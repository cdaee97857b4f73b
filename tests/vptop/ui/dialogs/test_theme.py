# SPDX-License-Identifier: GPL-2.0-or-later
"""Themes that are seen before one is taken."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.theme import choose_theme
from vptop.ui.themes import THEMES


def test_the_theme_under_the_cursor_is_shown_and_escape_brings_the_other_back() -> None:
    first, second = (theme.name for theme in THEMES[:2])

    async def test(d: Driven) -> None:
        for key, kept in (("escape", first), ("enter", second)):
            choose_theme(d.app)
            await d.shows(f"● {first}")
            await d.press("down")
            await d.until(lambda: d.app.theme == second)
            await d.press(key)
            await d.until(lambda: len(d.app.screen_stack) == 1)
            assert d.app.theme == kept

    drive(test)
