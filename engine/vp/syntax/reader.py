# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to nested lists with places, by the lark grammar; an error in one form never hides the others.

Malformed lexemes are reported and repaired first, then unbalanced parentheses. The rest always matches the grammar.
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
from engine.vp.syntax.lexemes import CONTROL, CURLY, SECTION, UNCLOSED, Lexeme, lexemes, parser_of
from engine.vp.tables.elsewhere import ABSENT_DOMAINS

MAX_NESTING = 100
_OTHER_COMMENTS = ("//", "/*", "#", "--")
"""beginnings of comments in other languages"""
_SWALLOWED = re.compile(rf"\n\((?:{'|'.join(TOP_LEVEL)})\s")
"""A definition or probe that begins a line within a string: the string was hardly meant to extend so far."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A name, integer, string or parenthesis as written; `type` is its terminal in the grammar."""

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
    """All top-level forms of a text; what could not be read is reported."""
    words = balanced(source, _words(source, findings), findings)
    parser = _parser().parse_interactive()
    for form in _forms(source, words, findings):
        for word in form:
            parser.feed_token(cast(Token, _atom(source, word)))
    groups: list[Group] = parser.feed_eof()  # type: ignore[no-untyped-call]
    return groups


# --- lexemes ---


def _words(source: SourceText, findings: Findings) -> list[Lexeme]:
    """The lexemes that belong to forms; malformed ones are reported."""
    words = [word for word in lexemes(source.text) if word.kind != "COMMENT"]
    if any(_SWALLOWED.search(source.text, word.start, word.end) for word in words if word.kind == "STRING") and (
        any(word.kind == UNCLOSED for word in words) or not is_balanced(source, words)
    ):
        words = [word for word in lexemes(source.text, _SWALLOWED) if word.kind != "COMMENT"]
    for word in words:
        if word.kind in _CHECKS:
            _CHECKS[word.kind](source, word, findings)
    return [word for word in words if word.kind not in (CONTROL, SECTION)]


def _report_unclosed(source: SourceText, word: Lexeme, findings: Findings) -> None:
    fix = Fix(source.span(word.end, word.end), '"', "close the string here")
    span = source.span(word.start, word.end)
    findings.add("E103", source, span, "unclosed string", expected='a closing `"`', fix=fix)


def _report_curly(source: SourceText, word: Lexeme, findings: Findings) -> None:
    span = source.span(word.start, word.end)
    straight = f'"{source.text[word.start + 1 : word.end - 1]}"'
    fix = Fix(span, straight, "use straight quotes")
    findings.add("E105", source, span, "typographic quotes around a string", expected=straight, fix=fix)


def _report_control(source: SourceText, word: Lexeme, findings: Findings) -> None:
    span = source.span(word.start, word.end)
    message = f"unexpected character {source.text[word.start]!r}"
    fix = Fix(span, " ", "remove it")
    findings.add("E105", source, span, message, expected="a name, number, string or form", fix=fix)


def _check_section(source: SourceText, word: Lexeme, findings: Findings) -> None:
    """Scripts for a whole host have sections for its parts; the only part here is the virtual machine."""
    span, line = source.span(word.start, word.end), source.text[word.start : word.end].rstrip()
    domain = re.split(r"[\s=]", line[1:], maxsplit=1)[0]
    if domain in ABSENT_DOMAINS:
        findings.add("E209", source, span, f"unsupported section {line}: {ABSENT_DOMAINS[domain]}")
    elif not _VM_SECTION.fullmatch(line):
        fix = Fix(span, "", "remove it")
        findings.add("E105", source, span, f"invalid section {line}", expected="`@VM1 = NAME`", fix=fix)


_VM_SECTION = re.compile(r"@VM[01]?([ \t]*=[ \t]*\S+)?")
_CHECKS = {UNCLOSED: _report_unclosed, CURLY: _report_curly, CONTROL: _report_control, SECTION: _check_section}


# --- forms ---


def _forms(source: SourceText, words: list[Lexeme], findings: Findings) -> Iterator[list[Lexeme]]:
    """The lexemes of each form; words between forms and forms nested too deeply are reported and left out."""
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
            expected = f"at most {MAX_NESTING} levels"
            findings.add("E106", source, span, f"forms are nested too deeply: {depth} levels", expected=expected)
        if not depth:
            _report_stray(source, stray, findings)
            if not too_deep:
                yield form
            form, stray, too_deep = [], [], False
    _report_stray(source, stray, findings)


def _report_stray(source: SourceText, words: list[Lexeme], findings: Findings) -> None:
    """Report all words between two forms together."""
    if words:
        first = source.text[words[0].start : words[0].end]
        what = f"unexpected {first}" if len(words) == 1 else "unexpected text"
        span = source.span(words[0].start, words[-1].end)
        notes = ("comments begin with `;`",) if first.startswith(_OTHER_COMMENTS) else ()
        if any("{" in source.text[word.start : word.end] for word in words):
            notes = (*notes, "this reads as Emmett, whose files end in `.emt`")
        expected = "a form in parentheses"
        findings.add("E104", source, span, f"{what} outside of any form", expected=expected, notes=notes)


# --- nested lists ---


def _atom(source: SourceText, word: Lexeme) -> Atom:
    kind, text = word.kind, source.text[word.start : word.end]
    if kind in _QUOTES:
        kind, text = "STRING", f'"{text.strip(_QUOTES[kind])}"'
    return Atom(kind, text, source.span(word.start, word.end))


_QUOTES = {CURLY: "“”", UNCLOSED: '"\\'}
"""Characters to strip from these before they are quoted properly."""


class _Nodes(Transformer[Token, list[Group]]):
    """Builds groups from the inside out; lark calls it without recursion."""

    def start(self, groups: list[Group]) -> list[Group]:
        return groups

    def form(self, parts: list[Node]) -> Group:
        first, last = parts[0].span, parts[-1].span
        return Group(tuple(parts[1:-1]), Span(first.line, first.column, last.end_line, last.end_column))


@cache
def _parser() -> Lark:
    return parser_of(_Nodes())
