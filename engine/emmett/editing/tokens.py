# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of a text and what they are, for editors. Any text has tokens, however wrong it is as a program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.emmett.analysis.library import CONSTANTS, FUNCTIONS
from engine.emmett.syntax.words import KEYWORDS, REFUSED
from engine.emmett.types.models import EXPLICIT
from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.scanning import REACH, Scanner
from engine.vp.editing.tokens import Read, Token, TokenKind
from engine.vp.tables.variables import VARIABLES

_TOKEN = re.compile(
    r"""(?P<COMMENT>/\*.*?(?:\*/|\Z)|//[^\n]*)
    |(?P<DIRECTIVE>^[ \t]*\#(?:include|define|undef|ifdef|ifndef|else|endif)\b[^\n]*)
    |(?P<OLD_COMMENT>\#[^\n]*)
    |(?P<STRING>"(?:\\.|[^"\\\n])*")
    |(?P<UNCLOSED>"[^\n]*)
    |(?P<POINT>[A-Za-z_][\w!]*(?::[\w!.@$]+)+)
    |(?P<NAME>[A-Za-z_][\w!]*)
    |(?P<NUMBER>[0-9]\w*)
    |(?P<PAREN>[()\[\]{}])
    |(?P<OPERATOR><-|->|\+\+|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|[-+*/%&|^<>=!~?:;,.@])
    |(?P<ERROR>[^\s])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_KINDS = {
    "COMMENT": TokenKind.COMMENT, "OLD_COMMENT": TokenKind.COMMENT, "DIRECTIVE": TokenKind.KEYWORD,
    "STRING": TokenKind.STRING, "UNCLOSED": TokenKind.ERROR, "NUMBER": TokenKind.NUMBER, "PAREN": TokenKind.PAREN,
    "OPERATOR": TokenKind.BUILTIN, "ERROR": TokenKind.ERROR,
}  # fmt: skip

TOP_LEVEL = 0, True
"""The state in which a declaration or a probe may begin: the depth of the brackets, and whether something ended."""


def read(text: SourceText, position: int = 0, state: tuple[int, bool] = TOP_LEVEL) -> Iterator[Read]:
    """The tokens of a text from an offset at which one may begin, without white space.

    Args:
        text: the text.
        position: where to begin.
        state: the depth of the brackets there, and whether a declaration or a probe may begin.
    """
    depth, starts = state
    while (found := _TOKEN.search(text.text, position)) is not None:
        kind, word, start = found.lastgroup or "ERROR", found[0], found.start()
        if kind == "POINT" and (depth or not starts):
            word, kind = word.partition(":")[0], "NAME"
        position = start + len(word)
        start += len(word) - len(word.lstrip())
        span = text.span(start, position)
        token = _name(word, top=not depth and starts) if kind == "NAME" else _KINDS.get(kind, TokenKind.PROBE)
        made = Token(token, word.lstrip(), span.line, span.column, span.end_line, span.end_column)
        if token is not TokenKind.COMMENT:
            depth = max(0, depth + (word in "([{") - (word in ")]}"))
            starts = word in (";", "}") or kind == "DIRECTIVE"
        yield Read(made, start, position, malformed=False, state=(depth, starts))


def _name(word: str, *, top: bool) -> TokenKind:
    """What a name is; one that begins something at top level is a probe."""
    if word in KEYWORDS or word in EXPLICIT:
        return TokenKind.KEYWORD
    if word in REFUSED:
        return TokenKind.ERROR
    if top:
        return TokenKind.PROBE
    if word in FUNCTIONS or word == "assert":
        return TokenKind.BUILTIN
    return TokenKind.VARIABLE if word in VARIABLES or word in CONSTANTS else TokenKind.NAME


EMMETT = Scanner(read)
scan = EMMETT.scan
"""The tokens of an Emmett text."""
TYPED = Scanner(read, REACH)
"""For a text that is being typed; used by one thread."""
