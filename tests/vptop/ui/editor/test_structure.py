# SPDX-License-Identifier: GPL-2.0-or-later
"""Brackets, enclosing forms and indentation."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emmett import Emmett
from engine.vp import VP, Language
from engine.vp.editing.tokens import Token, TokenKind
from vptop.ui.editor.structure import Pair, around, enclosing, indent_after, outermost, partner, reindented

EMMETT = Emmett()


def made(lines: list[str], first: int, last: int, language: Language) -> list[str]:
    return reindented(lines, first, last, language.tokens("\n".join(lines)))


@pytest.mark.parametrize(
    ("text", "blanks"),
    [("", 0), ("(a)", 0), ("(a\n  (b", 4), ("(a ; (", 2), ('(a "("', 2), (")", 0), ("(a (b))", 0)],
)
def test_indent(text: str, blanks: int) -> None:
    assert indent_after(text.split("\n"), VP.tokens(text), len(VP.tokens(text))) == blanks


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("VMM1Hz {", 3), ("VMM1Hz {\n   if (x) {", 6), ("VMM1Hz {\n   if (x) {\n   }", 3), ("VMM1Hz { }", 0),
        ("f(a,", 3), ("// {", 0), ("struct s\n{", 3), ("}", 0),
    ],
)  # fmt: skip
def test_braces_indent_by_their_line(text: str, blanks: int) -> None:
    assert indent_after(text.split("\n"), EMMETT.tokens(text), len(EMMETT.tokens(text))) == blanks


def test_partners_are_of_one_kind_and_outside_of_strings() -> None:
    tokens = EMMETT.tokens('f(a[1], "(") { // }\n}')
    assert partner(tokens, (0, 3)) == (0, 5)
    assert partner(tokens, (0, 1)) == (0, 11)
    assert partner(tokens, (0, 11)) == (0, 1)
    assert partner(tokens, (0, 13)) == (1, 0)
    assert partner(tokens, (0, 9)) is None


PARTNERS = {"(": ")", "[": "]", "{": "}"}


def pairs(tokens: Iterable[Token]) -> list[Pair]:
    """The brackets of a whole text that have a partner. A closing bracket of another kind closes nothing."""
    found: list[Pair] = []
    waiting: list[Token] = []
    for token in tokens:
        if token.kind is TokenKind.PAREN and token.text in PARTNERS:
            waiting.append(token)
        elif token.kind is TokenKind.PAREN and waiting and PARTNERS[waiting[-1].text] == token.text:
            opening = waiting.pop()
            found.append(Pair((opening.line - 1, opening.column - 1), (token.line - 1, token.column - 1)))
    return found


@given(st.text(alphabet="()[]{} a\n", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_forms_around_a_range_are_those_of_the_whole_text(text: str, one: int, other: int) -> None:
    tokens = EMMETT.tokens(text)
    start, end = ((text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1) for at in sorted((one, other)))
    known = [pair for pair in pairs(tokens) if pair.opening <= start and end <= pair.range[1]]
    assert list(around(tokens, start, end)) == sorted(known, key=lambda pair: pair.opening, reverse=True)


@given(st.text(alphabet="()[]{} ", max_size=30))
def test_partners_are_those_of_the_whole_text(text: str) -> None:
    tokens = EMMETT.tokens(text)
    known = {pair.opening: pair.closing for pair in pairs(tokens)}
    known |= {closing: opening for opening, closing in known.items()}
    assert {at: partner(tokens, (0, at)) for at in range(len(text))} == {
        at: known.get((0, at)) for at in range(len(text))
    }


def test_enclosing_units_grow_until_nothing_is_larger() -> None:
    text = "(a (b cd) e)"
    tokens = VP.tokens(text)
    start, end = (0, 7), (0, 7)
    seen = []
    while (larger := enclosing(tokens, start, end)) is not None:
        start, end = larger
        seen.append(text[start[1] : end[1]])
    assert seen == ["cd", "b cd", "(b cd)", "a (b cd) e", "(a (b cd) e)"]


def test_outermost_form() -> None:
    tokens = VP.tokens("(a)\n(b\n (c))\n")
    assert outermost(tokens, (2, 2)) == ((1, 0), (2, 5))
    assert outermost(tokens, (3, 0)) is None


def test_lines_are_indented_by_the_brackets_before_them() -> None:
    vp = ["(vprobe VMM1Hz", "(do", "      (f)", "", '(printf "a', '  b")))']
    assert made(vp, 0, 5, VP) == ["(vprobe VMM1Hz", "  (do", "    (f)", "", '    (printf "a', '  b")))']
    emmett = ["VMM1Hz {", "if (x) {", "f();", "}", "}"]
    assert made(emmett, 0, 4, EMMETT) == ["VMM1Hz {", "   if (x) {", "      f();", "   }", "}"]
    assert made(emmett, 2, 2, EMMETT) == ["   f();"]


@given(st.text(alphabet='()"; \nab', max_size=60))
def test_indenting_twice_changes_nothing_more(text: str) -> None:
    lines = text.split("\n")
    once = made(lines, 0, len(lines) - 1, VP)
    assert made(once, 0, len(once) - 1, VP) == once
    assert [line.strip() for line in once] == [line.strip() for line in lines]


def test_lines_far_below_an_open_bracket_are_indented_by_it() -> None:
    lines = ["VMM1Hz {", *("   logint(1);" for _ in range(1000))]
    tokens = EMMETT.tokens("\n".join(lines))
    assert indent_after(lines, tokens, len(tokens)) == 3
    assert reindented([*lines, " logint(1);", " }"], len(lines), len(lines) + 1, tokens) == ["   logint(1);", "}"]


@given(st.lists(st.sampled_from(["(a", "b)", "c", "(d)", "  e (", "))"]), min_size=1, max_size=12), st.data())
def test_some_lines_are_indented_as_in_the_whole_text(lines: list[str], data: st.DataObject) -> None:
    whole = made(lines, 0, len(lines) - 1, VP)
    first = data.draw(st.integers(0, len(lines) - 1))
    assert made(whole, first, len(lines) - 1, VP) == whole[first:]
