# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as text: place, message, source line with carets, and what was expected."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from engine.text import printable
from engine.vp.diagnostics.diagnostic import Diagnostic, Severity

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1"}
_TAB = "    "
_LONGEST = 120
_BEFORE = 60
"""Characters shown before the place, of a line that is longer than the longest shown."""
_LONGEST_WORDS = 300
_CUT = "…"
Painter = Callable[[str], str]


def render(diagnostic: Diagnostic, *, color: bool = False) -> str:
    """Several lines of printable text without a final newline; control characters of the source are escaped."""

    def paint(code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    tone = _COLORS[diagnostic.severity]
    head = paint(tone, f"{diagnostic.severity.value} {diagnostic.code}")
    lines = [f"{paint('1', printable(diagnostic.place))}: {head}: {_said(diagnostic.message)}"]
    lines += _excerpt(diagnostic, lambda text: paint(tone, text))
    if diagnostic.expected:
        lines.append(f"  expected: {_said(diagnostic.expected)}")
    if diagnostic.suggestions:
        lines.append(f"  did you mean: {_said(', '.join(diagnostic.suggestions))}")
    lines += [f"  note: {_said(note)}" for note in diagnostic.notes]
    if diagnostic.fix is not None:
        lines.append(f"  fix: {_said(diagnostic.fix.title)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, paint: Painter) -> list[str]:
    """The source line, and carets below the stretch of the diagnostic."""
    line, span = diagnostic.source_line, diagnostic.span
    number = f"{span.line:>5} | "
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    first = max(0, start - _BEFORE) if len(line) > _LONGEST else 0
    before, shown = line[first:start], line[first : first + _LONGEST]
    marked = line[start : min(end, first + _LONGEST)]
    left, right = _CUT if first else "", _CUT if first + _LONGEST < len(line) else ""
    caret = " " * _width(left + before) + paint("^" * max(1, _width(marked)))
    return [number + left + _shown(shown) + right, " " * 5 + " | " + caret]


def _shown(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _said(text: str) -> str:
    """A sentence, cut if it contains a name of great length."""
    return printable(text if len(text) <= _LONGEST_WORDS else text[:_LONGEST_WORDS] + _CUT)


def _width(text: str) -> int:
    """Columns of a text on a terminal."""
    widths = (
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in _shown(text)
    )
    return sum(widths)
