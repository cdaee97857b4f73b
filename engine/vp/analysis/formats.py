# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversions of a literal format, and where they stand in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.text import escape
from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import String
from engine.vp.tables.builtins import Type
from engine.vp.tables.conversions import LETTERS, MOST_DIGITS, PATTERN, SHAPE


@dataclass(frozen=True, slots=True)
class Conversion:
    """An argument that a valid format takes: the text of the conversion, the type of the argument, and its role."""

    text: str
    type: Type
    role: str = "argument"


@dataclass(frozen=True, slots=True)
class _Match:
    """One conversion, valid or not, and where it stands, in bytes."""

    text: str
    letter: str
    stars: tuple[str, ...]
    """which of its width and precision are arguments"""
    start: int
    end: int


def valid_conversions(template: String, source: SourceText, findings: Findings) -> list[Conversion] | None:
    """The arguments that a literal format takes; None if a conversion is invalid, which is reported."""
    found = list(_matches(template.value))
    invalid = [number for number, match in enumerate(found) if match.letter not in LETTERS]
    for number in invalid:
        text, span = found[number].text, _place(template, number, found, source)
        is_lone = text == "%"
        message = "incomplete conversion `%`" if is_lone else f"invalid conversion `{text}`"
        expected = SHAPE
        if found[number].letter.isdecimal():  # the pattern takes no more digits
            message, expected = f"field too wide in `{text}`", f"a width or precision of at most {'9' * MOST_DIGITS}"
        fix = Fix(span, "%%", "write `%%` for a percent sign") if is_lone and span != template.span else None
        findings.add("E304", source, span, message, expected=expected, fix=fix)
    return None if invalid else [argument for match in found for argument in _arguments(match)]


def _arguments(match: _Match) -> Iterator[Conversion]:
    for role in match.stars:
        yield Conversion(match.text, Type.INTEGER, role)
    yield Conversion(match.text, LETTERS[match.letter].type)


def _matches(text: bytes) -> Iterator[_Match]:
    """Conversions in order; `%%` is none."""
    position = 0
    while (match := PATTERN.search(text, position)) is not None:
        if text[match.start() : match.start() + 2] == b"%%":
            position = match.start() + 2
            continue
        shown = escape(match[0])
        stars = tuple(part for part in ("width", "precision") if match[part] == b"*")
        yield _Match(shown, match["letter"].decode("latin-1"), stars, match.start(), match.end())
        position = match.end()


def _place(template: String, number: int, found: list[_Match], source: SourceText) -> Span:
    """Where a conversion stands in the source; the whole literal if escapes make that uncertain."""
    written = source.text_of(template.span).encode("utf-8", "surrogatepass")
    there = list(_matches(written[:-1]))
    if [match.text for match in there] != [match.text for match in found]:
        return template.span
    before = source.offset(template.span.line, template.span.column)  # a conversion may end within a character
    start, end = (
        before + len(written[:offset].decode("utf-8", "ignore")) for offset in (there[number].start, there[number].end)
    )
    return source.span(start, end)
