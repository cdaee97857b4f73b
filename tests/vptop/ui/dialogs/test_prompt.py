# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog that asks for one line."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.prompt import PromptScreen


def test_an_answer_that_cannot_be_taken_is_explained_and_may_be_corrected() -> None:
    answers: list[str | None] = []

    async def test(d: Driven) -> None:
        await d.app.push_screen(
            PromptScreen("Name", "a", lambda text: "too short" if len(text) < 2 else ""), answers.append
        )
        await d.press("enter")
        await d.shows("✗ too short")
        await d.press("end")
        await d.type("b")
        await d.press("enter")
        await d.app.push_screen(PromptScreen("Name", "x", lambda _text: ""), answers.append)
        await d.press("escape")

    drive(test)
    assert answers == ["ab", None]
