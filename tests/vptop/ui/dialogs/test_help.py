# SPDX-License-Identifier: GPL-2.0-or-later
"""The help."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_help_lists_every_key_of_the_place() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("Keys that work here")
        assert "freeze the view" in d.screen()
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)
