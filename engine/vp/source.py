# SPDX-License-Identifier: GPL-2.0-or-later
"""Source text with its places, and where findings about it are collected."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from engine.vp.codes import severity_of
from engine.vp.diagnostics import Diagnostic, Fix, Severity, Span


class SourceText:
    """A named text that knows the line and column (from 1) of each of its characters."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts = [0] + [i + 1 for i, char in enumerate(text) if char == "\n"]

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

    def line(self, number: int) -> str:
        """One line of the text, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(slots=True)
class Findings:
    """Collects diagnostics in the order of their places."""

    items: list[Diagnostic] = field(default_factory=list)

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
        """Add one finding; the code decides whether it is an error or a warning."""
        line = source.line(span.line)
        self.items.append(
            Diagnostic(code, severity_of(code), message, source.name, span, line, expected, suggestions, notes, fix)
        )

    @property
    def has_errors(self) -> bool:
        """True when something keeps the script from loading."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All findings by file and place, each once."""
        unique = dict.fromkeys(self.items)
        return tuple(sorted(unique, key=lambda d: (d.file, d.span.line, d.span.column, d.code)))
