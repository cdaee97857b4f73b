# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of diagnostics."""

from __future__ import annotations

from msgspec.structs import replace

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.editor.test_pane import WRONG
from tests.vptop.ui.fakes import IRQ_SCRIPT
from vptop.ui.editor import EditorPane
from vptop.ui.editor.problems import ProblemPanel


async def opened(d: Driven) -> EditorPane:
    await d.press("8")
    return d.app.query_one(EditorPane)


def test_errors_appear_while_typing_and_f8_goes_there() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        d.source.places = (WRONG,)
        await d.type(" ")
        await d.shows("Problems 1")
        assert "✗" in d.screen()
        await d.press("f8")
        assert editor.area.cursor_location == (2, 8)

    drive(test)


def test_the_fix_of_a_diagnostic_is_done_by_one_key() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.area.load_text(IRQ_SCRIPT.replace("Guest_IRQ", "Guest_IR"))
        d.source.places = (WRONG,)
        await d.until(lambda: "Problems 1" in d.screen())
        await d.press("ctrl+g")
        assert editor.area.text == IRQ_SCRIPT

    drive(test)


def test_a_fix_after_a_change_is_that_of_the_next_check() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        mended = "; one\n" + IRQ_SCRIPT
        editor.area.load_text(IRQ_SCRIPT.replace("Guest_IRQ", "Guest_IR"))
        d.source.places = (WRONG,)
        await d.until(lambda: "Problems 1" in d.screen())
        below = replace(
            WRONG,
            line=WRONG.line + 1,
            fix=WRONG.fix and replace(WRONG.fix, line=WRONG.line + 1, end_line=WRONG.line + 1),
        )
        d.source.places = (below,)
        editor.area.insert("; one\n", (0, 0))
        await d.press("ctrl+g")
        await d.until(lambda: editor.area.text == mended)

    drive(test)


def test_enter_on_a_problem_goes_to_its_place() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        d.source.places = (WRONG,)
        await d.type(" ")
        await d.shows("Problems 1")
        d.app.query_one(ProblemPanel).action_open()
        await d.until(lambda: editor.area.cursor_location == (2, 8))

    drive(test)


def test_on_a_wide_screen_the_list_has_the_whole_width() -> None:
    long = replace(WRONG, message="m" * 130, fix=None, suggestions=())

    async def test(d: Driven) -> None:
        await opened(d)
        d.source.places = (long,)
        await d.type(" ")
        await d.until(lambda: d.app.query_one(ProblemPanel).inner_width > 150)
        assert any(long.message in line and "Problems" not in line for line in d.screen().splitlines())

    drive(test, (160, 45))


def test_the_selected_problem_is_told_in_whole() -> None:
    words = " ".join(f"word{number}" for number in range(20))
    places = (WRONG, replace(WRONG, line=WRONG.line + 1, end_line=WRONG.line + 1, message=words))

    async def test(d: Driven) -> None:
        await opened(d)
        d.source.places = places
        await d.type(" ")
        await d.shows("Problems 2")
        panel = d.app.query_one(ProblemPanel)
        panel.focus()
        await d.press("down")
        await d.until(lambda: panel.current == places[1])
        await d.shows("word19")

    drive(test, (80, 30))
