# SPDX-License-Identifier: GPL-2.0-or-later
"""Words far into a text that is not read yet."""

from __future__ import annotations

from engine.vp import VP
from engine.vp.editing.tokens import TokenKind
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor import EditorPane
from vptop.ui.editor.glimpse import LINES, Glimpse

LINE = '(vprobe VMM1Hz (logstr "a")) ; once'


def test_lines_far_from_the_start_have_their_colours_before_the_text_is_read() -> None:
    """The fake source checks nothing, so the rest is never read."""

    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text("\n".join([LINE] * 2000))
        await d.press("ctrl+end")
        spans = area.get_line(0).spans
        assert len({span.style for span in spans}) > 3
        assert area.get_line(1999).spans == spans
        await d.press("ctrl+home", *"ab", "ctrl+end")
        assert area.get_line(1999).spans == spans

    drive(test)


def test_a_piece_is_read_once_until_the_text_changes() -> None:
    glimpse, lines = Glimpse(), [LINE] * LINES + ['"open', "closed?"]
    first = [stretch.kind for stretch in glimpse.words(lines, LINES - 1, VP.typed)]
    assert first[-1] is TokenKind.COMMENT
    lines[LINES - 1] = "; all"
    assert [stretch.kind for stretch in glimpse.words(lines, LINES - 1, VP.typed)] == first
    glimpse.forget()
    assert [stretch.kind for stretch in glimpse.words(lines, LINES - 1, VP.typed)] == [TokenKind.COMMENT]
    assert glimpse.words(lines, LINES + 1, VP.typed)  # read without the piece before it


def test_of_very_long_lines_the_last_are_left_as_they_are() -> None:
    lines = ["x" * 1500] * 3
    assert [bool(Glimpse().words(lines, index, VP.typed)) for index in range(3)] == [True, True, False]
