# SPDX-License-Identifier: GPL-2.0-or-later
"""Repair of parentheses."""

from __future__ import annotations

import pytest

from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.balance import balanced, is_balanced
from engine.vp.syntax.lexemes import lexemes


def repaired(text: str) -> tuple[str, list[tuple[str, str, int]]]:
    """The text with its parentheses repaired, on one line; codes, messages and lines of what was found."""
    source, findings = SourceText("a.vp", text), Findings()
    words = balanced(source, list(lexemes(text)), findings)
    assert is_balanced(source, words)
    shown = " ".join(text[word.start : word.end] or ")" for word in words)
    return shown.replace("( ", "(").replace(" )", ")"), [(f.code, f.message, f.span.line) for f in findings.items]


@pytest.mark.parametrize("text", ["", "(a)", "(a (b) c)\n(d)", "(vprobe P\n(a)\n    )"])
def test_balanced_text_is_left_alone(text: str) -> None:
    assert repaired(text) == (" ".join(text.split()).replace(" )", ")"), [])


def test_a_form_is_closed_before_a_line_that_is_indented_no_deeper() -> None:
    shown, found = repaired("(vprobe P\n  (logint (+ 1 2)\n  (logint 3))\n")
    assert shown == "(vprobe P (logint (+ 1 2)) (logint 3))"
    assert found == [("E101", "unclosed form: one `)` missing", 2)]


def test_a_form_is_closed_at_the_next_definition() -> None:
    shown, found = repaired("(vprobe P\n  (logint 1)\n(vprobe Q 2)\n")
    assert shown == "(vprobe P (logint 1)) (vprobe Q 2)"
    assert [code for code, _, _ in found] == ["E101"]


def test_a_parenthesis_too_many_is_removed_where_a_deeper_line_follows() -> None:
    shown, found = repaired("(vprobe P\n  (logint 1))\n  (logint 2))\n")
    assert shown == "(vprobe P (logint 1) (logint 2))"
    assert found == [("E102", "one `)` too many: line 3 belongs to the form on line 1", 2)]


def test_parentheses_that_close_nothing_are_removed() -> None:
    shown, found = repaired("(vprobe P 1)))\n")
    assert shown == "(vprobe P 1)"
    assert found == [("E102", "2 `)` too many: the form on line 1 is already closed", 1)]
    assert repaired(")")[1] == [("E102", "one `)` too many: no form is open", 1)]
