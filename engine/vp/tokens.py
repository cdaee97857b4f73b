# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of a text and what they are, for editors. Any text has tokens, however wrong it is as a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.vp.tables.builtins import BUILTINS, SPECIALS, SYNONYMS
from engine.vp.tables.probes import DYNAMIC, POINTS, dynamic_numbers
from engine.vp.tables.variables import VARIABLES


class TokenKind(StrEnum):
    """What a word is."""

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


@dataclass(frozen=True, slots=True)
class Token:
    """One word; lines and columns count from 1, the end is exclusive."""

    kind: TokenKind
    text: str
    line: int
    column: int
    end_line: int
    end_column: int


_WORD = re.compile(
    r'(?P<comment>;[^\n]*)|(?P<string>"(?:\\.|[^"\\])*")|(?P<error>"[^\n]*|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+)'
    r'|(?P<paren>[()])|(?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+)(?=[\s()";]|$))|(?P<name>[^\s()";\x00-\x1f\x7f]+)',
    re.DOTALL,
)


def scan(source: str) -> Iterator[Token]:
    """The tokens of a text in order, blanks left out. An unclosed string is an error up to the end of its line."""
    line, line_start, done = 1, 0, 0
    before = ""
    for found in _WORD.finditer(source):
        breaks = source.count("\n", done, found.start())
        if breaks:
            line += breaks
            line_start = source.rfind("\n", done, found.start()) + 1
        text, done = found.group(), found.end()
        inner = text.count("\n")
        end_start = found.start() + text.rfind("\n") + 1 if inner else line_start
        kind = TokenKind(found.lastgroup or "error")
        if kind is TokenKind.NAME:
            kind = _kind_of_name(text, before)
        yield Token(kind, text, line, found.start() - line_start + 1, line + inner, found.end() - end_start + 1)
        line, line_start = line + inner, end_start
        if kind is not TokenKind.COMMENT:
            before = text


def _kind_of_name(name: str, before: str) -> TokenKind:
    """What a name is, given the word before it; names of the script's own are just names."""
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
    return any(name.startswith(row.name + ":") and dynamic_numbers(row, name) for row in DYNAMIC)
