# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to nested lists with places, by the lark grammar; one bad form never hides the others.

What is no lexeme of VP is reported and mended first, then what is wrong with the parentheses. What is left then always
follows the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.balance import TOP_LEVEL, balanced, is_balanced
from engine.vp.syntax.lexemes import CONTROL, CURLY, UNCLOSED, Lexeme, grammar, lexemes

MAX_NESTING = 100
_OTHER_COMMENTS = ("//", "/*", "#", "--")
"""how comments begin in other languages"""
_MOST_DIGITS = 20
"""of a number of 64 bits"""
_MASK = (1 << 64) - 1
_SWALLOWED = re.compile(rf"\n\((?:{'|'.join(TOP_LEVEL)})\s")
"""A definition or probe that begins a line inside of a string: the string is hardly meant to go on so far."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A name, integer, string or parenthesis as written; type is the grammar's terminal, as the parser asks for it."""

    type: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """A parenthesised list."""

    items: tuple[Node, ...]
    span: Span


Node = Atom | Group


def read(source: SourceText, findings: Findings) -> list[Group]:
    """All top-level forms that could be read."""
    words = balanced(source, _words(source, findings), findings)
    parser = _parser().parse_interactive()
    for form in _forms(source, words, findings):
        for word in form:
            parser.feed_token(cast(Token, _atom(source, word)))
    groups: list[Group] = parser.feed_eof()  # type: ignore[no-untyped-call]
    return groups


def integer_value(text: str) -> int:
    """Value of an integer literal, reduced to 64 bits as the manual's integers are."""
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    if digits[:2].lower() == "0x":
        return sign * int(digits[-16:] if len(digits) > 18 else digits, 16) & _MASK
    if len(digits) > 64:
        digits = digits[-64:]  # 10^64 is a multiple of 2^64; conversion of all takes quadratic time
    return sign * int(digits, 10) & _MASK


def fits(text: str) -> bool:
    """Whether an integer literal is one of 64 bits: from -2^63 to 2^64 - 1."""
    digits = text.lstrip("+-")
    significant = (digits[2:] if digits[:2].lower() == "0x" else digits).lstrip("0")
    if len(significant) > _MOST_DIGITS:
        return False
    magnitude = int(significant or "0", 16 if digits[:2].lower() == "0x" else 10)
    return magnitude <= (1 << 63 if text[0] == "-" else _MASK)


def string_value(text: str) -> bytes:
    r"""Value of a quoted literal: \n \t \\ \" are escapes, any other backslash is left out (manual p. 11)."""
    escapes = {"n": "\n", "t": "\t"}
    plain = re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)
    return plain.encode("utf-8", "surrogatepass").replace(b"\0", b"")


# --- lexemes ---


def _words(source: SourceText, findings: Findings) -> list[Lexeme]:
    """The lexemes that have a meaning; all others are reported."""
    words = [word for word in lexemes(source.text) if word.kind != "COMMENT"]
    if any(_SWALLOWED.search(source.text, word.start, word.end) for word in words if word.kind == "STRING") and (
        any(word.kind == UNCLOSED for word in words) or not is_balanced(source, words)
    ):
        words = [word for word in lexemes(source.text, _SWALLOWED) if word.kind != "COMMENT"]
    for word in words:
        if word.kind in _WRONG:
            _WRONG[word.kind](source, word, findings)
    return [word for word in words if word.kind != CONTROL]


def _report_unclosed(source: SourceText, word: Lexeme, findings: Findings) -> None:
    fix = Fix(source.span(word.end, word.end), '"', "close the string here")
    span = source.span(word.start, word.end)
    findings.add("E103", source, span, "this string is not closed", expected='a closing `"`', fix=fix)


def _report_curly(source: SourceText, word: Lexeme, findings: Findings) -> None:
    span = source.span(word.start, word.end)
    straight = f'"{source.text[word.start + 1 : word.end - 1]}"'
    fix = Fix(span, straight, "use straight quotes")
    findings.add("E105", source, span, "strings stand in straight quotes", expected=straight, fix=fix)


def _report_control(source: SourceText, word: Lexeme, findings: Findings) -> None:
    span = source.span(word.start, word.end)
    message = f"{source.text[word.start]!r} has no meaning in a script"
    fix = Fix(span, " ", "remove it")
    findings.add("E105", source, span, message, expected="a name, number, string or form", fix=fix)


_WRONG = {UNCLOSED: _report_unclosed, CURLY: _report_curly, CONTROL: _report_control}


# --- forms ---


def _forms(source: SourceText, words: list[Lexeme], findings: Findings) -> Iterator[list[Lexeme]]:
    """The lexemes of each top-level form; words between forms and forms too deep are reported and left out."""
    form: list[Lexeme] = []
    stray: list[Lexeme] = []
    depth, too_deep = 0, False
    for word in words:
        if not depth and word.kind != "OPEN":
            stray.append(word)
            continue
        depth += (word.kind == "OPEN") - (word.kind == "CLOSE")
        form.append(word)
        if depth > MAX_NESTING and not too_deep:
            too_deep = True
            span = source.span(word.start, word.end)
            expected = f"{MAX_NESTING} forms inside of one another at most"
            findings.add("E106", source, span, f"this form is nested {depth} deep", expected=expected)
        if not depth:
            _report_stray(source, stray, findings)
            if not too_deep:
                yield form
            form, stray, too_deep = [], [], False
    _report_stray(source, stray, findings)


def _report_stray(source: SourceText, words: list[Lexeme], findings: Findings) -> None:
    """One finding for all words between two forms."""
    if words:
        what = f"{source.text[words[0].start : words[0].end]} stands" if len(words) == 1 else "these words stand"
        span = source.span(words[0].start, words[-1].end)
        first = source.text[words[0].start : words[0].end]
        notes = ("a comment begins with ;",) if first.startswith(_OTHER_COMMENTS) else ()
        expected = "a form in parentheses"
        findings.add("E104", source, span, f"{what} outside of any form", expected=expected, notes=notes)


# --- nested lists ---


def _atom(source: SourceText, word: Lexeme) -> Atom:
    kind, text = word.kind, source.text[word.start : word.end]
    if kind in _MENDED:
        kind, text = "STRING", f'"{text.strip(_MENDED[kind])}"'
    return Atom(kind, text, source.span(word.start, word.end))


_MENDED = {CURLY: "“”", UNCLOSED: '"\\'}
"""What is left out to make proper strings of these."""


class _Nodes(Transformer[Token, list[Group]]):
    """Builds groups from the inside out, without recursion."""

    def start(self, groups: list[Group]) -> list[Group]:
        return groups

    def form(self, parts: list[Node]) -> Group:
        first, last = parts[0].span, parts[-1].span
        return Group(tuple(parts[1:-1]), Span(first.line, first.column, last.end_line, last.end_column))


@cache
def _parser() -> Lark:
    return grammar(_Nodes())
