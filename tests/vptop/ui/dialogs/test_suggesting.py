# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that are offered while a line is typed."""

from __future__ import annotations

from textual.widgets import Input, OptionList

from tests.vptop.ui.driving import Driven, drive
from vptop.model.names import Name
from vptop.ui.dialogs.suggesting import SuggestingPrompt

KNOWN = [Name("running", "aggregate"), Name("reader", "in running"), Name("hanoi", "in running")]


def test_a_name_is_chosen_into_the_line_and_the_typed_text_comes_back() -> None:
    answers: list[str | None] = []

    def suggest(part: str) -> list[Name]:
        return [name for name in KNOWN if part in name.text]

    async def test(d: Driven) -> None:
        async def opened(*keys: str) -> str:
            await d.app.push_screen(SuggestingPrompt("Go to", "", lambda _: "", suggest), answers.append)
            await d.press(*keys)
            return d.app.screen.query_one(Input).value

        assert await opened("r", "tab") == "running"
        assert d.app.screen.query_one(OptionList).option_count == 2
        await d.press("down")
        assert d.app.screen.query_one(Input).value == "reader"
        await d.press("down")
        assert d.app.screen.query_one(Input).value == "r"
        await d.press("up", "backspace", "enter")
        assert await opened("n", "shift+tab", "enter") != "n"
        await opened()
        await d.pilot.click("SuggestingPrompt OptionList", offset=(4, 2))
        await d.pilot.pause()

    drive(test)
    assert answers == ["reade", "hanoi", "hanoi"]
