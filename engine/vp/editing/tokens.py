# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text, for editors. Every text has tokens, whether it is a valid script or not."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import StrEnum
from typing import NamedTuple

from engine.vp.analysis.guest_symbols import symbols_in, with_addresses
from engine.vp.diagnostics.source import SourceText
from engine.vp.syntax.lexemes import CONTROL, CURLY, UNCLOSED, lexemes
from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import DYNAMIC, POINTS, PointRow, dynamic_numbers
from engine.vp.tables.variables import VARIABLES


class TokenKind(StrEnum):
    """The kind of a token."""

    COMMENT = "comment"
    STRING = "string"
    NUMBER = "number"
    PAREN = "paren"
    KEYWORD = "keyword"
    BUILTIN = "builtin"
    VARIABLE = "variable"
    PROBE = "probe"
    NAME = "name"
    ERROR = "error"


PARTNERS = {"(": ")", "[": "]", "{": "}"}
"""For each bracket that opens, the one that closes it."""


class Token(NamedTuple):
    """One token; lines and columns count from 1, the end is exclusive."""

    kind: TokenKind
    text: str
    line: int
    column: int
    end_line: int
    end_column: int


_KINDS = {
    "COMMENT": TokenKind.COMMENT, "STRING": TokenKind.STRING, "INTEGER": TokenKind.NUMBER,
    "OPEN": TokenKind.PAREN, "CLOSE": TokenKind.PAREN,
    "SECTION": TokenKind.KEYWORD,
}  # fmt: skip
_MALFORMED = (UNCLOSED, CURLY, CONTROL)


class Read(NamedTuple):
    """A token with its character offsets, the end exclusive."""

    token: Token
    start: int
    end: int
    malformed: bool
    """It begins with a quote that may not be closed: what it is depends on the text behind it."""
    state: Hashable
    """what the tokens behind it depend on, beside the text"""


def read(text: SourceText, position: int = 0, state: tuple[str, bool] = ("", True)) -> Iterator[Read]:
    """The tokens of a text from an offset at which one may begin, without white space.

    Args:
        text: the text.
        position: where to begin.
        state: the last word before that which is no comment, and whether no quote before it is left open.
    """
    before, closable = state
    for kind, start, end in lexemes(text.text, position=position, closable=closable):
        word, span = text.text[start:end], text.span(start, end)
        token = _kind_of_name(word, before) if kind == "NAME" else _KINDS.get(kind, TokenKind.ERROR)
        place = span.line, span.column, span.end_line, span.end_column
        before = before if token is TokenKind.COMMENT else word
        closable = closable and kind != UNCLOSED
        malformed = kind in _MALFORMED or word[0] in "“”"
        yield Read(Token(token, word, *place), start, end, malformed, (before, closable))


def _kind_of_name(name: str, before: str) -> TokenKind:
    """The kind of a name, given the word before it; names that the script defines are of kind NAME."""
    if before == "vprobe":
        return TokenKind.PROBE if _is_probe(name) else TokenKind.ERROR
    if name in SPECIALS:
        return TokenKind.KEYWORD
    if name in BUILTINS or name in SYNONYMS:
        return TokenKind.BUILTIN
    return TokenKind.VARIABLE if name in VARIABLES else TokenKind.NAME


def _is_probe(name: str) -> bool:
    if name in POINTS:
        return not POINTS[name].numbers
    return any(name.startswith(row.name + ":") and _is_dynamic(row, name) for row in DYNAMIC)


def _is_dynamic(row: PointRow, name: str) -> bool:
    """Symbols of the guest are taken for known ones: colouring knows no guest."""
    known = dict.fromkeys(symbols_in(row, name), 0)
    return dynamic_numbers(row, with_addresses(row, name, known)) is not None
