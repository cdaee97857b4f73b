# SPDX-License-Identifier: GPL-2.0-or-later
"""Any text as lexemes: the terminals of grammar.lark, and names for what is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark, Token, Transformer

from engine.vp.tables.builtins import BUILTINS, SPECIALS

UNCLOSED = "UNCLOSED"
"""A quote that no later quote closes, up to the parentheses at the end of its line."""
CURLY = "CURLY"
"""Text in the quotes of word processors."""
CONTROL = "CONTROL"
"""Control characters outside of strings."""
_WRONG = {
    CURLY: r"[“”](?:\\.|[^“”\"\n\\])*[“”]",
    CONTROL: r"[\x00-\x1f\x7f]+",
    UNCLOSED: r'"(?:[^\n]*[^\s)])?',
}
_UNCLOSED = re.compile(_WRONG[UNCLOSED])
_LEXICAL_ORDER = ("WHITESPACE", "COMMENT", "STRING", "OPEN", "CLOSE", "INTEGER", CURLY, "NAME", CONTROL, UNCLOSED)


class Lexeme(NamedTuple):
    """One word: its terminal, and the offsets of its text."""

    kind: str
    start: int
    end: int


def grammar(transformer: Transformer[Token, Any] | None = None) -> Lark:
    """The grammar of VP, with what builds its tree."""
    text = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=False, transformer=transformer)


def lexemes(text: str, swallowed: re.Pattern[str] | None = None) -> Iterator[Lexeme]:
    """The lexemes of a text in order, without blanks; no text is refused. Takes time in proportion to the text.

    A string in which `swallowed` is found counts as not closed.
    """
    position = 0
    closable = True
    while position < len(text):
        for found in _pattern(strings=closable).finditer(text, position):
            kind, start, position = found.lastgroup or CONTROL, found.start(), found.end()
            if kind == "STRING" and swallowed is not None and swallowed.search(text, start, position):
                unclosed = _UNCLOSED.match(text, start)
                position = _end(text, start, unclosed.end() if unclosed else position)
                yield Lexeme(UNCLOSED, start, position)
                break
            if kind == UNCLOSED:
                # A later quote that something closes would have closed this one: do not look so far again.
                closable, position = False, _end(text, start, position)
                yield Lexeme(UNCLOSED, start, position)
                break
            if kind != "WHITESPACE":
                yield Lexeme(kind, start, position)


def _end(text: str, start: int, end: int) -> int:
    """Where a string that is not closed was meant to end: before a form that begins in it and ends behind it."""
    for form in _form_in_text().finditer(text, start + 1, end):
        inside = text[form.end() - 1 : end]
        if inside.count("(") > inside.count(")"):
            return form.start()
    return end


@cache
def _form_in_text() -> re.Pattern[str]:
    words = sorted({*SPECIALS, *BUILTINS}, key=len, reverse=True)
    return re.compile(rf"\s+\((?=(?:{'|'.join(map(re.escape, words))})\s)")


@cache
def _pattern(*, strings: bool) -> re.Pattern[str]:
    known = {terminal.name: terminal.pattern.to_regexp() for terminal in grammar().terminals} | _WRONG
    kinds = [kind for kind in _LEXICAL_ORDER if strings or kind != "STRING"]
    return re.compile("|".join(f"(?P<{kind}>{known[kind]})" for kind in kinds))
