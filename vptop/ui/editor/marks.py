# SPDX-License-Identifier: GPL-2.0-or-later
"""What is drawn over the text: styles of words, what is wrong, how often probes fire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace
from rich.style import Style

from engine.vm.protocol import Place
from engine.vp.editing.token_list import TokenList
from engine.vp.editing.tokens import TokenKind
from vptop.ui.editor.alignment import Alignment
from vptop.ui.render.palette import Palette

GLYPHS = {"error": "✗", "warning": "▲"}
_STYLES: dict[TokenKind, Callable[[Palette], Style]] = {
    TokenKind.COMMENT: lambda palette: palette.dim,
    TokenKind.STRING: lambda palette: palette.good,
    TokenKind.NUMBER: lambda palette: palette.warn + Style(bold=False),
    TokenKind.PAREN: lambda palette: palette.dim,
    TokenKind.KEYWORD: lambda palette: palette.sorted,
    TokenKind.BUILTIN: lambda palette: palette.bar,
    TokenKind.VARIABLE: lambda palette: palette.accent,
    TokenKind.PROBE: lambda palette: palette.accent + Style(bold=True),
    TokenKind.ERROR: lambda palette: palette.bad,
}


class Stretch(NamedTuple):
    """A part of one line: columns from 0, end exclusive, None to its end."""

    start: int
    end: int | None
    kind: TokenKind


@dataclass(slots=True)
class Marks:
    """Everything else by line index."""

    tokens: TokenList = field(default_factory=TokenList)
    """of the whole text, in order"""
    wrong: Mapping[int, Sequence[Place]] = field(default_factory=dict)
    rates: Mapping[int, str] = field(default_factory=dict)
    running: Alignment = field(default_factory=Alignment)
    """which lines are those that run"""
    found: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """matches of the search: columns from 0, the end exclusive"""
    failed: Mapping[int, str] = field(default_factory=dict)
    """run-time errors of the running version"""

    def moved(self, texts: Mapping[int, str]) -> dict[int, str]:
        """Texts of lines that run, by where these stand now; without those of lines that are gone."""
        found = ((self.running.now(line), text) for line, text in texts.items())
        return {line: text for line, text in found if line is not None}


def stretches(tokens: TokenList, index: int) -> list[Stretch]:
    """The words of one line, of the tokens of the whole text in order."""
    line = index + 1
    found = []
    for token in tokens.in_line(line):
        start = token.column - 1 if line == token.line else 0
        end = token.end_column - 1 if line == token.end_line else None
        found.append(Stretch(start, end, token.kind))
    return found


def in_whole(places: Iterable[Place], script: str, shifts: Mapping[str, int]) -> tuple[Place, ...]:
    """The diagnostics of a script's own text, with lines counted in all of it.

    Args:
        places: as they came, with lines counted in the file that they name.
        script: its name, which is that of its only file unless it consists of several.
        shifts: lines of the text before each of its files.
    """
    return tuple(
        moved(place, shifts.get(place.file, 0)) for place in places if place.file == script or place.file in shifts
    )


def moved(place: Place, lines: int) -> Place:
    """A diagnostic some lines further down, with its fix."""
    if not lines:
        return place
    fix = place.fix and replace(place.fix, line=place.fix.line + lines, end_line=place.fix.end_line + lines)
    return replace(place, line=place.line + lines, end_line=place.end_line + lines, fix=fix)


def by_line(places: Sequence[Place]) -> dict[int, list[Place]]:
    """Diagnostics by line index, errors first."""
    found: dict[int, list[Place]] = defaultdict(list)
    for place in sorted(places, key=lambda place: place.severity != "error"):
        found[place.line - 1].append(place)
    return found


def style_of(kind: TokenKind, palette: Palette) -> Style | None:
    """How words of a kind look; names of the script's own look like plain text."""
    made = _STYLES.get(kind)
    return made(palette) if made else None


def severity_style(severity: str, palette: Palette) -> Style:
    """How what is wrong looks."""
    return palette.bad if severity == "error" else palette.warn
