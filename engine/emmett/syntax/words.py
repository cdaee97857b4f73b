# SPDX-License-Identifier: GPL-2.0-or-later
"""Text as words: the terminals of grammar.lark, without comments, and the directives between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer

from engine.emmett.syntax.location import Location
from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings, SourceText

KEYWORDS = {
    "memmodel": "MEMMODEL", "const": "CONST", "typedef": "TYPEDEF", "void": "VOID", "char": "CHAR", "short": "SHORT",
    "int": "INT", "long": "LONG", "signed": "SIGNED", "unsigned": "UNSIGNED", "string": "STRING_TYPE", "bag": "BAG",
    "aggr": "AGGR", "struct": "STRUCT", "union": "UNION", "enum": "ENUM", "if": "IF", "else": "ELSE", "for": "FOR",
    "try": "TRY", "catch": "CATCH", "return": "RETURN", "sizeof": "SIZEOF", "perthread": "STORAGE", "pervm": "STORAGE",
    "pervmk": "STORAGE", "perhost": "STORAGE",
}  # fmt: skip
"""Words that are no names, and their terminals."""
REFUSED = {
    "do": "`for` with constant bounds is the only loop", "while": "`for` with constant bounds is the only loop",
    "break": "put what follows under a condition", "continue": "put what follows under a condition",
    "switch": "write `if … else if …`", "case": "write `if … else if …`", "default": "write a last `else`",
    "goto": "put what is skipped under a condition", "float": "there are only integers and strings",
    "double": "there are only integers and strings", "static": "variables of a body keep their values anyway",
    "extern": "a function may be used before its definition", "register": "leave it out", "auto": "leave it out",
    "volatile": "leave it out", "bool": "write `int`",
}  # fmt: skip
"""Words of C that Emmett reserves without having them, and what to write instead."""
_NAMED = (
    "POINT", "NAME", "INTEGER", "STRING", "MINUSMINUS", "ASSIGN_OPERATOR", "INSERT", "PLUSPLUS", "ARROW", "SHIFT",
    "EQUALITY", "RELATION", "LOGICAL_OR", "LOGICAL_AND", "BIT_OR", "BIT_XOR", "AMPERSAND", "ASSIGN", "PLUS", "MINUS",
    "STAR", "SLASH_PERCENT", "TILDE_BANG", "QUESTION", "COLON", "SEMICOLON", "COMMA", "DOT", "LPAR", "RPAR", "LBRACE",
    "RBRACE", "LBRACKET", "RBRACKET", "AT",
)  # fmt: skip
"""Terminals in the order in which they are tried."""
_DIRECTIVE = re.compile(r'#(?:include[ \t]*["<]|(?:define|undef|ifdef|ifndef)[ \t]+[A-Za-z_]|(?:else|endif)\b)')
"""What begins a directive; any other `#` begins a comment, as in the first version of the language."""
_SPEC = re.compile(r"@(VMK|VM\d+|MEMORY_MODEL|SYMBOL_FILE)\b[^\n]*")
"""Lines of the toolkit of 2011 at the start of a file."""
_PLAIN_COMMENT = re.compile(r"//[^\n]*|#[^\n]*")
_BLANK = re.compile(r"[ \t\r\n\f\v\ufeff]+")
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Word:
    """One word: the grammar's terminal, as the parser asks for it, its text and where it stands."""

    type: str
    text: str
    at: Location


DIRECTIVE = "DIRECTIVE"
SPEC = "SPEC"
"""Types of words that are no terminals: what the preprocessor and the reader of a file's first lines take out."""


def grammar(transformer: Transformer[Token, Any] | None = None) -> Lark:
    """The grammar of Emmett, with what builds its tree."""
    text = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", start="program", maybe_placeholders=True, transformer=transformer)


@cache
def _terminals() -> re.Pattern[str]:
    known = {terminal.name: terminal.pattern.to_regexp() for terminal in grammar().terminals}
    return re.compile("|".join(f"(?P<{name}>{known[name]})" for name in _NAMED), re.DOTALL)


def words_of(source: SourceText, findings: Findings) -> Iterator[Word]:
    """The words of a text in order; what is none is reported and left out."""
    text, position, depth, start = source.text, 0, 0, True
    while position < len(text):
        begin = position
        found = _BLANK.match(text, position)
        if found is not None:
            position = found.end()
            continue
        first = text[position]
        if first == "#" and _starts_line(text, position) and _DIRECTIVE.match(text, position):
            position = _end_of_directive(text, position)
            yield Word(DIRECTIVE, text[begin:position], Location(source, begin, position))
            continue
        found = _PLAIN_COMMENT.match(text, position) if first in "/#" else None
        if found is not None:
            position = found.end()
            continue
        if first == "/" and text.startswith("/*", position):
            position = _end_of_comment(source, position, findings)
            continue
        found = _SPEC.match(text, position) if first == "@" and not depth and start else None
        if found is not None:
            position = found.end()
            yield Word(SPEC, found[0], Location(source, begin, position))
            continue
        word = _word(source, position, findings, point=not depth and start)
        position = word.at.end
        if word.type:
            depth += (word.type in _OPENING) - (word.type in _CLOSING)
            start = word.type in ("SEMICOLON", "RBRACE")
            yield word


_OPENING = {"LPAR", "LBRACE", "LBRACKET"}
_CLOSING = {"RPAR", "RBRACE", "RBRACKET"}


def _starts_line(text: str, position: int) -> bool:
    return not text[text.rfind("\n", 0, position) + 1 : position].strip()


def _end_of_directive(text: str, position: int) -> int:
    """The end of the line; a backslash at its end joins the next one."""
    end = text.find("\n", position)
    while end > 0 and text[:end].rstrip("\r").endswith("\\"):
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


_COMMENT_MARK = re.compile(r"/\*|\*/")


def _end_of_comment(source: SourceText, position: int, findings: Findings) -> int:
    """Comments nest; where that leaves one open, the first end closes all, as it did in 2010."""
    depth, first = 0, 0
    for mark in _COMMENT_MARK.finditer(source.text, position):
        if mark[0] == "/*":
            depth += 1
            continue
        depth -= 1
        first = first or mark.end()
        if not depth:
            return mark.end()
    if first:
        return first
    span = source.span(position, position + 2)
    findings.add("E603", source, span, "this comment is not closed", expected="a closing `*/`")
    return len(source.text)


def _word(source: SourceText, position: int, findings: Findings, *, point: bool) -> Word:
    """The word that begins at a position; its type is empty when it is none, which has been reported."""
    text = source.text
    found = _terminals().match(text, position)
    if found is not None and found.lastgroup == "POINT" and not point:
        found = _name().match(text, position)
    if found is None:
        return _no_word(source, position, findings)
    kind, end = found.lastgroup or "NAME", found.end()
    if kind == "INTEGER":
        end = _end_of_integer(source, position, found[0], findings)
    return Word(KEYWORDS.get(found[0], kind) if kind == "NAME" else kind, found[0], Location(source, position, end))


@cache
def _name() -> re.Pattern[str]:
    return re.compile("[A-Za-z_][A-Za-z0-9_!]*")


def _text_before_end(line: str) -> int:
    """How much of a line with an unclosed string is that string: not the `);` that ends the statement."""
    while line and (line[-1] in ";,} \t" or (line[-1] == ")" and line.count(")") > line.count("("))):
        line = line[:-1]
    return len(line)


def _no_word(source: SourceText, position: int, findings: Findings) -> Word:
    text, end = source.text, position + 1
    if text[position] == '"':
        end = text.find("\n", position)
        end = position + _text_before_end(text[position : len(text) if end < 0 else end])
        fix = Fix(source.span(end, end), '"', "close the string here")
        span = source.span(position, end)
        findings.add("E602", source, span, "this string is not closed", expected='a closing `"`', fix=fix)
        return Word("STRING", text[position:end].rstrip("\\") + '"', Location(source, position, end))
    if text[position] == "'":
        note = "write a character as its number, or compare strings"
        closing = text.find("'", position + 1, position + 5)
        end = closing + 1 if closing > 0 else end
        notes: tuple[str, ...] = (note,)
    else:
        notes = ()
    message = f"unexpected character `{text[position]}`"
    findings.add("E601", source, source.span(position, end), message, expected="a name, number, string or operator",
                 notes=notes)  # fmt: skip
    return Word("", text[position:end], Location(source, position, end))


def _end_of_integer(source: SourceText, start: int, text: str, findings: Findings) -> int:
    """The end of an integer literal and of what stands right behind it, which has no meaning."""
    end = start + len(text)
    while source.text[end : end + 1].isalnum() or source.text[end : end + 1] == "_":
        end += 1
    if end > start + len(text):
        message = f"invalid integer `{source.text[start:end][:40]}`"
        expected = "decimal digits, `0x` and hexadecimal digits, or `0` and octal digits, without a suffix"
        findings.add("E604", source, source.span(start, end), message, expected=expected)
    elif integer_value(text) is None:
        octal = set(text) <= set("0123456789") and text[0] == "0"
        message = f"invalid integer `{text[:40]}`"
        expected = "digits from 0 to 7 after a leading 0" if octal else f"at most {_MASK} ({_MASK:#x})"
        findings.add("E604", source, source.span(start, end), message, expected=expected)
    return end


def integer_value(text: str) -> int | None:
    """The value of an integer literal as in C; None when it has none in 64 bits."""
    base = 16 if text[:2].lower() == "0x" else 8 if text[0] == "0" and len(text) > 1 else 10
    if base == 8 and not set(text) <= set("01234567"):
        return None
    if len(text) > 30:
        stripped = text[2:].lstrip("0") if base == 16 else text.lstrip("0")
        if len(stripped) > 22:
            return None
    value = int(text, base)
    return value if value <= _MASK else None
