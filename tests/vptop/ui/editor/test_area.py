# SPDX-License-Identifier: GPL-2.0-or-later
"""The text area knows the language of the script that is edited."""

from __future__ import annotations

import pytest

from engine.emmett import Emmett
from engine.vp.editing.tokens import TokenKind
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor import EditorPane
from vptop.ui.editor.area import indent_after

PROGRAM = "// Count.\nint total;\nVMM1Hz {\n   total = total + curpid();\n}\n"


def test_emmett_is_highlighted_completed_and_commented() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("a.emt", PROGRAM)
        kinds = [[stretch.kind for stretch in editor.area.marks.words[line]] for line in (0, 1, 2)]
        assert kinds == [
            [TokenKind.COMMENT],
            [TokenKind.KEYWORD, TokenKind.NAME, TokenKind.BUILTIN],
            [TokenKind.PROBE, TokenKind.PAREN],
        ]
        editor.goto(4, 4)
        await d.press("ctrl+underscore")
        assert editor.area.text.split("\n")[3] == "//    total = total + curpid();"
        await d.press("ctrl+underscore")
        assert editor.area.text == PROGRAM
        editor.area.load_text("VMM1Hz {")
        await d.press("ctrl+end")
        await d.press("enter")
        await d.type("printf")
        assert editor.area.text == "VMM1Hz {\n   printf"
        assert editor.area.word_before() == "printf"

    drive(test)


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("VMM1Hz {", 3), ("VMM1Hz {\n   if (x) {", 6), ("VMM1Hz {\n   if (x) {\n   }", 3), ("VMM1Hz { }", 0),
        ("f(a,", 3), ("// {", 0), ("struct s\n{", 3), ("}", 0),
    ],
)  # fmt: skip
def test_braces_indent_by_their_line(text: str, blanks: int) -> None:
    assert indent_after(text, Emmett().tokens(text)) == blanks
