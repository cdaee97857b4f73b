# SPDX-License-Identifier: GPL-2.0-or-later
"""Escaped text: printable, and never the same for different strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import escape, printable, quote


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"plain text", "plain text"),
        ("größe".encode(), "größe"),
        (b"two\nlines\tand\r", r"two\nlines\tand\r"),
        (b"back\\n", r"back\\n"),
        (b"\x1b[31m\x7f", r"\x1b[31m\x7f"),
        (b"\xff\xc3", r"\xff\xc3"),
        ("\x85\u200b\U000e0001".encode(), r"\u0085\u200b\U000e0001"),
    ],
)
def test_what_is_printable_stays_and_the_rest_is_escaped(value: bytes, shown: str) -> None:
    assert escape(value) == shown


def test_quotes_are_escaped_within_quotes() -> None:
    assert quote(b'a "b" \\') == r'"a \"b\" \\"'


def test_the_backslashes_of_a_line_of_text_stay() -> None:
    assert printable("a\\n\x00") == r"a\n\x00"


@given(st.binary(), st.binary())
def test_different_strings_look_different(one: bytes, other: bytes) -> None:
    assert (escape(one) == escape(other)) is (one == other)
    assert (quote(one) == quote(other)) is (one == other)
    assert escape(one).isprintable()


@given(st.text())
def test_any_text_becomes_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert quote(text).isprintable()
