# SPDX-License-Identifier: GPL-2.0-or-later
"""The help."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.actions import Action, Scope
from vptop.ui.dialogs.help import key_text


def test_help_lists_every_key_of_the_place() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("Keys that work here")
        assert "freeze the view" in d.screen()
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_long_texts_go_on_below_their_first_word() -> None:
    scope = Scope(
        "Here", (Action("x", "f4", "x", "one two three four"), Action("y", "alt+left,ctrl+pageup", "y", "five"))
    )
    assert key_text((scope,), 26).plain == (
        "Here\n"
        "  F4         one two three\n"
        "             four\n"
        "  Alt+← Ctrl+PgUp five"
    )  # fmt: skip
