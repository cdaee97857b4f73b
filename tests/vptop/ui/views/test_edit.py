# SPDX-License-Identifier: GPL-2.0-or-later
"""The view that holds the editor."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.editor.test_pane import WRONG
from tests.vptop.ui.fakes import IRQ_SCRIPT, frame
from vptop.ui.editor import EditorPane
from vptop.ui.views.edit import EditView


async def opened(d: Driven) -> EditorPane:
    await d.press("8")
    return d.app.query_one(EditorPane)


def test_the_rows_of_the_aggregate_in_the_line_stand_beside_the_text() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("alt+l")
        editor.goto(4, 5)
        await d.shows("Live running")
        await d.shows("cruncher")
        editor.goto(1, 1)
        await d.shows("Live running")
        await d.press("alt+l")
        await d.until(lambda: "Live" not in d.screen())

    drive(test)


def test_nothing_typed_is_lost_by_looking_at_another_script() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.type("; mine ")
        await d.press("f9")
        await d.shows("Scripts")
        await d.press("down", "enter")
        await d.until(lambda: "latency_us" in editor.area.text)
        assert editor.unsaved == ["vptop.vp"]
        await d.press("f9", "up", "enter")
        await d.until(lambda: editor.area.text == "; mine " + IRQ_SCRIPT)

    drive(test)


def test_a_place_in_another_script_opens_it() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        d.app.query_one(EditView).go_to("stacks.vp", 3, 9)
        assert "stacks" in editor.area.text
        assert editor.area.cursor_location == (2, 8)

    drive(test)


def test_the_smallest_screen_keeps_lines_to_edit_beside_a_problem() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        d.source.places = (WRONG,)
        await d.type("9")
        await d.shows("✗1")
        assert editor.area.size.height >= 3

    drive(test, (40, 10))


def test_lists_are_as_high_as_they_have_rows_and_keys_that_type_are_not_offered() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.shows("F1 Keys")
        assert "q Quit" not in d.screen()
        d.source.places = (WRONG,)
        await d.type("9")
        await d.shows("Problems 1")
        assert editor.query_one("#editor-lists").size.height == 3

    drive(test)


def test_a_script_that_is_opened_shows_at_once_which_version_runs() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+pagedown")
        assert editor.area.border_title is not None
        assert "v1 runs" in editor.area.border_title

    drive(test)


def test_a_script_that_was_refused_at_the_start_is_not_shown_as_one_that_runs() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        await d.shows("● vptop.vp  ● disk-latency.vp")
        scripts = tuple(script for script in frame(4).scripts if script.name != "vptop.vp")
        d.source.send(FrameMessage(frame(4, scripts=scripts)))
        await d.shows("○ vptop.vp  ● disk-latency.vp")

    drive(test)
