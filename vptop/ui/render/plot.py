# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts out of block characters: upright bars and heat maps, with labelled axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from textual.strip import Strip

from vptop.ui.render.fit import Piece, strip
from vptop.ui.render.numbers import axis
from vptop.ui.render.palette import Palette

EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = "░▒▓█"


def columns_chart(
    labels: Sequence[str], heights: Sequence[float], width: int, height: int, palette: Palette
) -> list[Strip]:
    """Upright bars over the whole width, with a value axis on the left and labels below.

    Each bar is a whole number of cells wide, so that the chart keeps still from one second to the next. Zero has no
    bar; anything above zero shows at least an eighth of a cell.

    Args:
        labels: one for each bar; those that do not fit are left out.
        heights: one for each bar, from 0 up. Bars that do not fit are left out at the end.
        width: cells across, axis included.
        height: lines, labels included; at least 3.
        palette: styles.
    """
    rows = height - 2
    top = max(heights, default=0) or 1
    ticks = _ticks(top, rows)
    margin = max(len(axis(value)) for value in ticks.values())
    room = width - margin - 1
    bars = max(1, min(len(heights), room))
    cells = max(1, room // bars)
    gap = 1 if cells > 1 else 0
    lines = []
    for line in range(rows):
        below = rows - 1 - line
        marks = [_cell(value / top * rows - below, value > 0) * (cells - gap) for value in heights[:bars]]
        tick = axis(ticks[line]) if line in ticks else ""
        lines.append(strip([(tick.rjust(margin) + "│", palette.dim), ((" " * gap).join(marks), palette.bar)], width))
    lines.append(strip([("0".rjust(margin) + "└" + "─" * room, palette.dim)], width))
    lines.append(strip([(" " * (margin + 1) + _below(labels[:bars], cells, room), palette.dim)], width))
    return lines


def _cell(level: float, something: bool) -> str:
    """How a cell of a bar looks that the bar reaches so far into."""
    eighths = min(8, max(0, round(level * 8)))
    return EIGHTHS[max(1, eighths) if something and 0 < level <= 1 else eighths]


def _ticks(top: float, rows: int) -> dict[int, float]:
    """Round values by the line, counted from the top, in which a bar of that value ends; at most one in three lines."""
    most = max(1, rows // 3)
    step = next(size * 10**power for power in range(20) for size in (1, 2, 5) if int(top / (size * 10**power)) <= most)
    values = [step * number for number in range(1, int(top / step) + 1)]
    return {min(rows - 1, max(0, rows - ceil(value / top * rows))): value for value in values} or {0: top}


def _below(labels: Sequence[str], cells: int, room: int) -> str:
    """Labels under the left edges of their bars, as many as fit without touching."""
    text = ""
    for index, label in enumerate(labels):
        at = index * cells
        if at >= len(text) + bool(text) and at + len(label) <= room:
            text = text.ljust(at) + label
    return text


def heat_map(
    rows: Sequence[tuple[str, Sequence[float | None]]], width: int, palette: Palette, *, top: float | None = None
) -> list[Strip]:
    """Cells whose shade and colour show a value, the newest at the right end.

    Args:
        rows: label and values of each line from the top; None where nothing is known.
        width: cells across, labels included.
        palette: styles.
        top: the value of the last shade; None: the largest here.
    """
    margin = max((len(label) for label, _ in rows), default=0)
    room = width - margin - 1
    peak = top or max((value for _, values in rows for value in values if value), default=0.0)
    lines = []
    for label, values in rows:
        shown = list(values)[-room:] if room > 0 else []
        pieces: list[Piece] = [(f"{label:>{margin}}│", palette.dim), (" " * (room - len(shown)), palette.text)]
        pieces += [_heat(value, peak, palette) for value in shown]
        lines.append(strip(pieces, width))
    return lines


def _heat(value: float | None, peak: float, palette: Palette) -> Piece:
    if value is None:
        return " ", palette.text
    if value <= 0 or peak <= 0:
        return "·", palette.faint
    share = min(1.0, value / peak) ** 0.5  # seldom values are worth seeing, too
    steps = palette.heat
    return SHADES[min(len(SHADES) - 1, int(share * len(SHADES)))], steps[min(len(steps) - 1, int(share * len(steps)))]


def time_axis(margin: int, frames: int, width: int, palette: Palette) -> Strip:
    """The line below a heat map over seconds: labels every 15 cells, counted back from the right end."""
    room = width - margin - 1
    text = [" "] * max(0, room)
    for back in range(0, min(frames, room), 15):
        label = "now" if not back else f"-{back}"
        at = room - back - len(label)
        if at >= 0:
            text[at : at + len(label)] = label
    return strip([(" " * (margin + 1) + "".join(text), palette.dim)], width)


def legend(peak: float, width: int, palette: Palette) -> Strip:
    """What the shades mean."""
    pieces: list[Piece] = []
    for index in range(len(SHADES)):
        low = (index / len(SHADES)) ** 2 * peak
        pieces += [_heat((index + 0.5) ** 2 / len(SHADES) ** 2, 1.0, palette), (f" ≥{axis(low or 1)}  ", palette.dim)]
    return strip(pieces, width)
