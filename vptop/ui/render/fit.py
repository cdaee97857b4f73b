# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that is exactly as wide as it may be, counted in terminal cells."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

ELLIPSIS = "…"
BETWEEN = " · "
"""between the parts of a line that says several things"""

Piece = tuple[str, Style]


def width_of(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, align: str = "<") -> str:
    """The text in exactly that many cells; cut with an ellipsis when it is longer. Align is `<`, `>` or `^`."""
    if width <= 0:
        return ""
    size = width_of(text)
    if size > width:
        return set_cell_size(text, width - 1) + ELLIPSIS
    room = width - size
    left = {"<": 0, ">": room, "^": room // 2}[align]
    return " " * left + text + " " * (room - left)


def fit_place(text: str, width: int) -> str:
    """As `fit`; a place in a file, `busybox+0x1a2b`, is cut before its offset, which tells it from the next one."""
    name, plus, offset = text.rpartition("+0x")
    room = width - width_of(plus + offset)
    return fit(name, room) + plus + offset if plus and room > 1 and width_of(text) > width else fit(text, width)


def wrapped(text: str, width: int, most: int) -> list[str]:
    """The text in lines of at most that many cells, broken between words; where `most` lines do not hold it, cut."""
    lines = [line.plain.rstrip() for line in Content(text).wrap(width)] if width > 0 else [text]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], fit(f"{lines[most - 1]} {lines[most]}", width).rstrip()]


def whole_parts(text: str, width: int) -> str:
    """The text without the last of its parts, ` · ` between them, as far as they do not fit; the first one stays."""
    while width_of(text) > width and BETWEEN in text:
        text = text.rpartition(BETWEEN)[0]
    return text


def strip(pieces: Iterable[Piece], width: int, fill: Style | None = None) -> Strip:
    """Pieces in a row as a Strip of exactly that width: cut with an ellipsis, or filled with blanks in that style."""
    segments = [Segment(text, style) for text, style in pieces if text]
    made = Strip(segments)
    if made.cell_length > width > 0:
        kept = made.crop(0, width - 1)
        last = next((segment.style for segment in reversed([*kept]) if segment.text), None)
        made = Strip([*kept, Segment(ELLIPSIS, last)])
    return made.adjust_cell_length(width, fill).simplify()


def ends(left: list[Piece], right: list[Piece], width: int, fill: Style | None = None) -> Strip:
    """Pieces at both ends of a line; the left ones give way when there is not enough room."""
    taken = sum(width_of(text) for text, _ in right)
    room = max(0, width - taken)
    return Strip.join([strip(left, room, fill), strip(right, min(width, taken), fill)])
