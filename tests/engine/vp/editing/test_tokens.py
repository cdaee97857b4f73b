# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens of any text."""

from __future__ import annotations

from engine.vp.editing.scanning import scan
from engine.vp.editing.tokens import TokenKind


def kinds(text: str) -> list[tuple[str, TokenKind]]:
    return [(token.text, token.kind) for token in scan(text)]


def test_words_have_the_kind_they_have_in_the_language() -> None:
    assert kinds("(vprobe VMM1Hz (logint RIP)) ; end") == [
        ("(", TokenKind.PAREN), ("vprobe", TokenKind.KEYWORD), ("VMM1Hz", TokenKind.PROBE), ("(", TokenKind.PAREN),
        ("logint", TokenKind.BUILTIN), ("RIP", TokenKind.VARIABLE), (")", TokenKind.PAREN), (")", TokenKind.PAREN),
        ("; end", TokenKind.COMMENT),
    ]  # fmt: skip
    assert kinds('(setint count -0x1F "a\\"b")')[2:5] == [
        ("count", TokenKind.NAME), ("-0x1F", TokenKind.NUMBER), ('"a\\"b"', TokenKind.STRING),
    ]  # fmt: skip


def test_dynamic_probes_are_told_from_words_that_are_none() -> None:
    assert kinds("vprobe GUEST:0x1000")[1][1] is TokenKind.PROBE
    assert kinds("vprobe GUEST:main")[1][1] is TokenKind.PROBE
    assert kinds("vprobe GUEST:-1")[1][1] is TokenKind.ERROR
    assert kinds("vprobe USEC")[1][1] is TokenKind.ERROR


def test_malformed_text_is_an_error_up_to_its_end() -> None:
    assert kinds('(logstr "open)\n(logint 1)')[2:4] == [('"open', TokenKind.ERROR), (")", TokenKind.PAREN)]
    assert kinds("“x” \x01")[0] == ("“x”", TokenKind.ERROR)
    assert kinds("“x” \x01")[1] == ("\x01", TokenKind.ERROR)


def test_places_span_lines() -> None:
    (token,) = scan('  "two\nlines"')
    assert (token.line, token.column, token.end_line, token.end_column) == (1, 3, 2, 7)
