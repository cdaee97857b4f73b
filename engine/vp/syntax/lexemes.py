# SPDX-License-Identifier: GPL-2.0-or-later
"""Any text as lexemes: lark splits it by the terminals of grammar.lark; here malformed strings get their ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark, TextSlice, Token, Transformer
from lark.lexer import TerminalDef

from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.forms import SPECIALS

UNCLOSED, CURLY, CONTROL = "UNCLOSED", "CURLY", "CONTROL"
"""Terminals of what is malformed; see grammar.lark."""
SECTION = "SECTION"
"""Terminal of a line that begins with `@`."""
_GRAMMAR = Path(__file__).with_name("grammar.lark").read_text("utf-8")


class Lexeme(NamedTuple):
    """One lexeme: its terminal, and the character offsets of its text."""

    kind: str
    start: int
    end: int


def parser_of(transformer: Transformer[Token, Any]) -> Lark:
    """The LALR parser of the grammar; `transformer` builds its result."""
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False, transformer=transformer)


def lexemes(
    text: str, swallowed: re.Pattern[str] | None = None, position: int = 0, *, closable: bool = True
) -> Iterator[Lexeme]:
    """The lexemes of a text in order, without white space. No text is refused; takes time proportional to its length.

    Args:
        text: the text.
        swallowed: a string in which this is found counts as unclosed.
        position: an offset outside of all lexemes, where they begin.
        closable: no quote before that is left open; behind one that is there are no strings.
    """
    while position < len(text):
        for token in _lexer(strings=closable).lex(TextSlice(text, position, len(text))):
            start, position = token.start_pos or 0, token.end_pos or len(text)
            if token.type == "STRING" and swallowed is not None and swallowed.search(text, start, position):
                unclosed = _unclosed().match(text, start)
                position = _end(text, start, unclosed.end() if unclosed else position)
                yield Lexeme(UNCLOSED, start, position)
                break
            if token.type == UNCLOSED:
                # A later quote that is closed would have closed this one: from here on there are no strings, and the
                # lexer need not search the rest of the text for their ends again and again.
                matched, position = position, _end(text, start, position)
                yield Lexeme(UNCLOSED, start, position)
                if closable or position != matched:
                    closable = False
                    break
            else:
                yield Lexeme(token.type, start, position)
        else:
            return


def _end(text: str, start: int, end: int) -> int:
    """Where an unclosed string was meant to end: before a form that begins in it and ends behind it."""
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
def _lexer(*, strings: bool) -> Lark:
    """The lexer of the grammar, or one for which no string is closed."""

    def without_strings(terminal: TerminalDef) -> None:
        if terminal.name == "STRING":
            terminal.pattern.value = f"(?!){terminal.pattern.value}"

    return Lark(_GRAMMAR, parser=None, lexer="basic", edit_terminals=None if strings else without_strings)


@cache
def _unclosed() -> re.Pattern[str]:
    return re.compile(_lexer(strings=True).get_terminal(UNCLOSED).pattern.to_regexp())
