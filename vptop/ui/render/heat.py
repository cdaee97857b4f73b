# SPDX-License-Identifier: GPL-2.0-or-later
"""Heat maps over time out of shaded blocks, with labelled axes and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from rich.style import Style
from textual.strip import Strip

from vptop.ui.render.fit import Piece, strip, width_of
from vptop.ui.render.numbers import axis
from vptop.ui.render.palette import Palette

_T = TypeVar("_T")
SHADES = "░▒▓█"
LABEL_EVERY, LABEL_EVERY_WIDE = 15, 5
"""Seconds between the labels of a time axis; where a second has more than one cell, the second."""


def heat_map(
    rows: Sequence[tuple[str, Sequence[float | None]]],
    width: int,
    palette: Palette,
    *,
    top: float | None = None,
    each: int = 1,
) -> list[Strip]:
    """Cells whose shade and colour show a value, the newest at the right end.

    Args:
        rows: label and values of each line from the top; None where nothing is known.
        width: cells across, labels included.
        palette: styles.
        top: the value of the last shade; None: the largest here.
        each: cells across of a value.
    """
    margin = max((len(label) for label, _ in rows), default=0)
    room = width - margin - 1
    peak = top or max((value for _, values in rows for value in values if value), default=0.0)
    lines = []
    for label, values in rows:
        shown = list(values)[-(room // each) :] if room >= each else []
        pieces: list[Piece] = [(f"{label:>{margin}}│", palette.dim), (" " * (room - len(shown) * each), palette.text)]
        pieces += [_heat(value, peak, palette, each) for value in shown]
        lines.append(strip(pieces, width))
    return lines


def _heat(value: float | None, peak: float, palette: Palette, each: int = 1) -> Piece:
    if value is None:
        return " " * each, palette.text
    if value <= 0 or peak <= 0:
        return f"{'·':^{each}}", palette.faint
    return _step(SHADES, value, peak) * each, _step(palette.heat, value, peak)


def _step(steps: Sequence[_T], value: float, peak: float) -> _T:
    """One of some steps from little to much, for a value above 0."""
    return steps[min(len(steps) - 1, int(_share(value, peak) * len(steps)))]


def cell(value: float, peak: float, palette: Palette) -> Style:
    """The style of a number above 0 in a matrix of numbers up to a peak."""
    return _step(palette.heat_text, value, peak)


def _share(value: float, peak: float) -> float:
    """From 0 to 1, by square roots: seldom values are worth seeing, too."""
    return float(min(1.0, value / peak) ** 0.5) if peak > 0 else 0.0


def time_labels(frames: int, every: int = LABEL_EVERY) -> list[tuple[int, str]]:
    """What a time axis is labelled with: seconds back from its right end, and the label that ends there."""
    return [(back, f"-{back}s" if back else "now") for back in range(0, frames, every)]


def time_axis(margin: int, frames: int, width: int, palette: Palette, cells: int = 1) -> Strip:
    """The line below a heat map over seconds of some cells each: labels counted back from the right end."""
    room = width - margin - 1
    text = [" "] * max(0, room)
    every = LABEL_EVERY if cells == 1 else LABEL_EVERY_WIDE
    for back, label in time_labels(min(frames, room // cells), every):
        at = room - back * cells - len(label)
        if at >= 0:
            text[at : at + len(label)] = label
    return strip([(" " * (margin + 1) + "".join(text), palette.dim)], width)


def legend(peak: float, width: int, palette: Palette, note: str = "") -> Strip:
    """What the shades mean; where counts are small, one stands for those below it that no count has.

    The note follows where there is room.
    """
    lows = {max(1, ceil((index / len(SHADES)) ** 2 * peak)): index for index in range(len(SHADES))}
    pieces: list[Piece] = [("count ", palette.dim)]
    for low, index in lows.items():
        pieces += [
            _heat((index + 0.5) ** 2 / len(SHADES) ** 2, 1.0, palette),
            (f" {axis(low)}+  ", palette.dim),
        ]
    if sum(width_of(text) for text, _ in pieces) + width_of(note) <= width:
        pieces.append((note, palette.dim))
    return strip(pieces, width)
