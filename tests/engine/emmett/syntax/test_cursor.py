# SPDX-License-Identifier: GPL-2.0-or-later
"""One word at a time through the parser, compared with lark's own driver."""

from __future__ import annotations

from typing import cast

import pytest
from lark import Token

from engine.emmett.syntax.builder import tree_parser
from engine.emmett.syntax.cursor import Cursor
from engine.emmett.syntax.words import Word, words_of
from engine.vp.diagnostics.source import Findings, SourceText

PROGRAM = "int a = 1; VMM1Hz { if (a < 2 && !b) c[a + 1, p->q] <- (a * 2 ? -a : f(1, a)); else { x = y = 3; } }"


def words(text: str) -> list[Word]:
    return list(words_of(SourceText("a", text), Findings()))


def after(text: str) -> Cursor:
    cursor = Cursor()
    assert all(cursor.feed(word) for word in words(text))
    return cursor


def test_it_builds_and_allows_what_lark_does() -> None:
    cursor, reference = Cursor(), tree_parser().parse_interactive()
    given = words(PROGRAM)
    for word in given:
        assert cursor.allowed() == set(reference.accepts())
        assert cursor.feed(word)
        reference.feed_token(cast(Token, word))
    items = cursor.finished()
    assert items is not None
    assert [type(item).__name__ for item in items] == ["Declaration", "Probe"]
    assert items[0].at.start == 0
    assert items[-1].at.end == len(PROGRAM)


@pytest.mark.parametrize("text", ["VMM1Hz {", "int", "VMM1Hz { x = 1; }; int"])
def test_a_program_may_not_end_anywhere(text: str) -> None:
    assert after(text).finished() is None


def test_a_refused_word_leaves_the_cursor_usable() -> None:
    cursor = after("VMM1Hz { x = a")
    (brace,) = words("{")
    assert not cursor.feed(brace)
    assert "SEMICOLON" in cursor.allowed()
    assert all(cursor.feed(word) for word in words("; }"))
    assert cursor.finished()


def test_copies_go_on_separately() -> None:
    cursor = after("int a;")
    copy = cursor.copy()
    assert all(copy.feed(word) for word in words("int b;"))
    first, second = cursor.finished(), copy.finished()
    assert first is not None
    assert second is not None
    assert (len(first), len(second)) == (1, 2)
