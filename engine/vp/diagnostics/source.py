# SPDX-License-Identifier: GPL-2.0-or-later
"""Source text with lines and columns, and the diagnostics collected about it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from engine.vp.diagnostics.codes import severity_of
from engine.vp.diagnostics.diagnostic import Diagnostic, Fix, Severity, Span
from engine.vp.diagnostics.nearest import is_near, nearest


class SourceText:
    """A text with a file name; lines and columns count from 1."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts = [0, *accumulate(map((1).__add__, map(len, text.split("\n")[:-1])))]

    def span(self, start: int, end: int) -> Span:
        """The stretch between two character offsets."""
        return Span(*self.position(start), *self.position(end))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Character offset of a line and column."""
        return self._starts[line - 1] + column - 1

    def text_of(self, span: Span) -> str:
        """The text of a stretch."""
        return self.text[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]

    def line(self, number: int) -> str:
        """One line of the text, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


MOST_FINDINGS = 500
MOST_NEAREST = 100


@dataclass(slots=True)
class Findings:
    """Collects diagnostics, up to a limit: a text that is not a script at all may have one for every word."""

    items: list[Diagnostic] = field(default_factory=list)
    has_errors: bool = False
    """the script does not load"""

    def add(
        self,
        code: str,
        source: SourceText,
        span: Span,
        message: str,
        *,
        expected: str = "",
        suggestions: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
    ) -> None:
        """Add a diagnostic; the code determines whether it is an error or a warning."""
        severity = severity_of(code)
        self.has_errors |= severity is Severity.ERROR
        if len(self.items) < MOST_FINDINGS:
            line = source.line(span.line)
            self.items.append(
                Diagnostic(code, severity, message, source.name, span, line, expected, suggestions, notes, fix)
            )

    def include(self, others: Findings) -> None:
        """Add the diagnostics that were collected elsewhere."""
        self.has_errors |= others.has_errors
        self.items += others.items[: max(0, MOST_FINDINGS - len(self.items))]

    def retract(self, source: SourceText, within: Span, codes: Container[str]) -> None:
        """Remove diagnostics of these codes inside a stretch of text, except those that suggest a known name."""

        def follows(one: Diagnostic) -> bool:
            return one.code in codes and not one.suggestions and one.file == source.name and one.span in within

        self.items = [one for one in self.items if not follows(one)]

    def nearest(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """Known names similar to a misspelt one; none after MOST_NEAREST diagnostics, since the search takes time."""
        return nearest(name, known) if len(self.items) < MOST_NEAREST else ()

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All diagnostics by file and place, without duplicates."""
        unique = dict.fromkeys(self.items)
        return tuple(sorted(unique, key=lambda d: (d.file, d.span.line, d.span.column, d.code)))


def near_fix(name: str, suggestions: tuple[str, ...], span: Span) -> Fix | None:
    """A fix that puts the first suggestion in the place of a name, if the name may well be a misspelling of it."""
    if not suggestions or not is_near(name, suggestions[0]):
        return None
    return Fix(span, suggestions[0], f"change to {suggestions[0]}")
