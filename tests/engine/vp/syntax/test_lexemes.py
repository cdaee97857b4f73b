# SPDX-License-Identifier: GPL-2.0-or-later
"""Lexemes of well-formed and malformed text."""

from __future__ import annotations

import re

import pytest

from engine.vp.syntax.lexemes import lexemes


def split(text: str, swallowed: re.Pattern[str] | None = None) -> list[tuple[str, str]]:
    return [(word.kind, text[word.start : word.end]) for word in lexemes(text, swallowed)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tsc-start", "NAME"), ("-", "NAME"), ("12ab", "NAME"), ("-12", "INTEGER"), ("0x1F", "INTEGER"),
        ("0x", "NAME"), ('"a;b(c"', "STRING"), ("; to the end", "COMMENT"), ("(", "OPEN"), (")", "CLOSE"),
        ("“x”", "CURLY"), ("\x00\x01", "CONTROL"), ('"open', "UNCLOSED"), ("~plocal0:str", "NAME"),
        ("@VM1 = x", "SECTION"), (" @x", "NAME"),
    ],
)  # fmt: skip
def test_terminals(text: str, kind: str) -> None:
    assert split(text) == [(kind, text.strip())]


def test_digits_up_to_a_delimiter_are_a_number() -> None:
    assert split("(+1 2)") == [("OPEN", "("), ("INTEGER", "+1"), ("INTEGER", "2"), ("CLOSE", ")")]


def test_an_unclosed_string_ends_before_the_parentheses_of_its_line() -> None:
    assert split('(logstr "x))\n(exit)')[2:4] == [("UNCLOSED", '"x'), ("CLOSE", ")")]


def test_an_unclosed_string_ends_before_a_form_that_begins_in_it() -> None:
    assert split('(printf "x (logint 1))')[2] == ("UNCLOSED", '"x')


def test_a_string_in_which_something_is_found_counts_as_unclosed() -> None:
    text = '(logstr "x)\n(vprobe VMM1Hz (logstr "y"))'
    swallowed = re.compile(r"\n\(vprobe\s")
    assert split(text)[2][0] == "STRING"
    assert ("UNCLOSED", '"x') in split(text, swallowed)
    assert ("NAME", "vprobe") in split(text, swallowed)
