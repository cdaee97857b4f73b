# SPDX-License-Identifier: GPL-2.0-or-later
"""Brackets, enclosing forms and indentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emmett import Emmett
from engine.vp import VP
from vptop.ui.editor.structure import enclosing, indent_after, outermost, pairs, partner, reindented

EMMETT = Emmett()


@pytest.mark.parametrize(
    ("text", "blanks"),
    [("", 0), ("(a)", 0), ("(a\n  (b", 4), ("(a ; (", 2), ('(a "("', 2), (")", 0), ("(a (b))", 0)],
)
def test_indent(text: str, blanks: int) -> None:
    assert indent_after(text, VP.tokens(text)) == blanks


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("VMM1Hz {", 3), ("VMM1Hz {\n   if (x) {", 6), ("VMM1Hz {\n   if (x) {\n   }", 3), ("VMM1Hz { }", 0),
        ("f(a,", 3), ("// {", 0), ("struct s\n{", 3), ("}", 0),
    ],
)  # fmt: skip
def test_braces_indent_by_their_line(text: str, blanks: int) -> None:
    assert indent_after(text, Emmett().tokens(text)) == blanks


def test_partners_are_of_one_kind_and_outside_of_strings() -> None:
    found = pairs(EMMETT.tokens('f(a[1], "(") { // }\n}'))
    assert partner(found, (0, 3)) == (0, 5)
    assert partner(found, (0, 1)) == (0, 11)
    assert partner(found, (0, 11)) == (0, 1)
    assert partner(found, (0, 13)) == (1, 0)
    assert partner(found, (0, 9)) is None


def test_enclosing_units_grow_until_nothing_is_larger() -> None:
    text = "(a (b cd) e)"
    tokens = list(VP.tokens(text))
    start, end = (0, 7), (0, 7)
    seen = []
    while (larger := enclosing(tokens, start, end)) is not None:
        start, end = larger
        seen.append(text[start[1] : end[1]])
    assert seen == ["cd", "b cd", "(b cd)", "a (b cd) e", "(a (b cd) e)"]


def test_outermost_form() -> None:
    tokens = list(VP.tokens("(a)\n(b\n (c))\n"))
    assert outermost(tokens, (2, 2)) == ((1, 0), (2, 5))
    assert outermost(tokens, (3, 0)) is None


def test_lines_are_indented_by_the_brackets_before_them() -> None:
    vp = ["(vprobe VMM1Hz", "(do", "      (f)", "", '(printf "a', '  b")))']
    assert reindented(vp, 0, 5, VP.tokens) == ["(vprobe VMM1Hz", "  (do", "    (f)", "", '    (printf "a', '  b")))']
    emmett = ["VMM1Hz {", "if (x) {", "f();", "}", "}"]
    assert reindented(emmett, 0, 4, EMMETT.tokens) == ["VMM1Hz {", "   if (x) {", "      f();", "   }", "}"]
    assert reindented(emmett, 2, 2, EMMETT.tokens) == ["   f();"]


@given(st.text(alphabet='()"; \nab', max_size=60))
def test_indenting_twice_changes_nothing_more(text: str) -> None:
    lines = text.split("\n")
    once = reindented(lines, 0, len(lines) - 1, VP.tokens)
    assert reindented(once, 0, len(once) - 1, VP.tokens) == once
    assert [line.strip() for line in once] == [line.strip() for line in lines]
