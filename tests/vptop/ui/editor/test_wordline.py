# SPDX-License-Identifier: GPL-2.0-or-later
"""The line below the text."""

from __future__ import annotations

from msgspec.structs import replace

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.editor.test_pane import WRONG
from vptop.ui.editor import EditorPane
from vptop.ui.editor.wordline import WordLine, remedies


def test_a_fix_comes_before_near_names_and_what_is_expected() -> None:
    assert remedies(WRONG, "Ctrl+G") == ["change to Guest_IRQ (Ctrl+G)", "expected a probe"]
    assert remedies(replace(WRONG, fix=None), "") == ["did you mean Guest_IRQ?", "expected a probe"]
    assert remedies(replace(WRONG, fix=None, suggestions=(), expected=""), "") == []


def test_what_is_wrong_in_the_cursors_line_is_there_in_whole_on_small_screens() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor._show_places(editor.area.text, (WRONG,))
        assert not d.app.query_one(WordLine).has_class("-wrong")
        editor.goto(3, 1)
        await d.pilot.pause()
        shown = " ".join(d.screen().split())
        words = "✗ unknown probe Guest_IR; change to Guest_IRQ (Ctrl+G)"
        assert words in shown
        await d.press("ctrl+f")
        await d.until(lambda: words not in " ".join(d.screen().split()), "room for the text while finding")
        await d.press("escape")
        await d.until(lambda: words in " ".join(d.screen().split()))
        editor.goto(1, 1)
        await d.until(lambda: words not in " ".join(d.screen().split()))

    drive(test, size=(40, 10))


def test_all_that_is_known_is_there_where_there_is_room() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        place = replace(WRONG, notes=("it is like another probe",))
        editor._show_places(editor.area.text, (place,))
        editor.goto(3, 1)
        words = "✗ unknown probe Guest_IR; change to Guest_IRQ (Ctrl+G); expected a probe; it is like another probe"
        await d.until(lambda: words in " ".join(d.screen().split()))
        editor._show_places(editor.area.text, (replace(place, fix=None),))
        words = "unknown probe Guest_IR; expected a probe; it is like another probe; did you mean Guest_IRQ?"
        await d.until(lambda: words in " ".join(d.screen().split()))

    drive(test, size=(60, 20))
