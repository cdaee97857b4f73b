# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts with labelled axes, drawn by plotext: upright bars, and lines over time. No other module imports plotext.

plotext keeps one figure and the size of the terminal in global state. Each chart here is a figure of its own, of the
size asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil, log10
from typing import Any, NamedTuple, TypeAlias

from rich.style import Style
from textual.strip import Strip

from vptop.ui.render.fit import Piece, strip
from vptop.ui.render.heat import time_labels
from vptop.ui.render.numbers import axis
from vptop.ui.render.palette import Palette

EIGHTHS = " ▁▂▃▄▅▆▇█"
AXES = 2
"""Lines that the horizontal axis takes: its line and its labels."""
ROUNDS = 3
"""Round values to a decade."""
ROUND_NUMBERS = range(20 * ROUNDS + 1)
"""They reach beyond what 64 bits hold."""
MARKS = "○×●■"
"""On the lines over time, by which they are told apart without colours."""
MOST_BESIDE = 3
"""Names beside lines take at most this part of the width."""
MARK_EVERY = 8
"""Seconds between the marks of a line; those of different lines are not in one column."""
_COLOR = re.compile(r"\x1b\[(?:38;5;(\d+)|0)m")
_FIRST_COLOR = 16
"""The first of the terminal's 256 colours that is no named one: series are told apart by them, then styled."""

_Chart: TypeAlias = Any
"""A figure, or what makes one; plotext declares no types."""


@cache
def _plotext() -> _Chart:
    """The library, imported for the first chart: that takes as long as the start of everything else here."""
    import plotext

    plotext.terminal.limit(width=False, height=False)
    return plotext


def prepare() -> None:
    """Import the library, in any thread, so that the first chart need not wait for it."""
    _plotext()


class Bars(NamedTuple):
    """A chart of upright bars."""

    lines: list[Strip]
    starts: list[int]
    """the first cell of each bar, from the left edge of the chart"""

    def at(self, x: int) -> int | None:
        """The number of the bar in a column of cells."""
        found = bisect_right(self.starts, x) - 1
        return found if found >= 0 else None


def columns_chart(
    labels: Sequence[str], heights: Sequence[float], width: int, height: int, palette: Palette, *, unit: str = ""
) -> Bars:
    """Upright bars over the whole width, with a value axis on the left and labels below.

    Each bar is a whole number of cells wide, so that the chart keeps still from one second to the next; some are a
    cell wider than others. Zero has no bar; anything above zero shows at least an eighth of a cell.

    Args:
        labels: one for each bar; those that do not fit are left out.
        heights: one for each bar, from 0 up. Bars that do not fit are left out at the end.
        width: cells across, axis included.
        height: lines, labels included; at least 3.
        palette: styles.
        unit: of the labels, written at their right end.
    """
    rows = height - AXES
    top = max(heights, default=0) or 1
    ticks = {0: 0.0} | {max(0, ceil(value / top * rows) - 1): value for value in _ticks(top, max(1, rows // 3))}
    figure, room = _figure({line + 0.5: axis(value) for line, value in ticks.items()}, width, height)
    bars = max(1, min(len(heights), room))
    starts = [bar * room // bars for bar in range(bars + 1)]
    eighths = [_eighths(value / top * rows) for value in heights[:bars]]
    places = [
        (cell + 0.5, eighths[bar])
        for bar in range(bars)
        for cell in range(starts[bar], max(starts[bar] + 1, starts[bar + 1] - 1))
    ]
    full = [(place, count // 8) for place, count in places if count >= 8]
    figure.draw(figure.signal([place for place, _ in full], [rows - 0.5 for _, rows in full], marker="full").fillx())
    partly = [(place, *divmod(count, 8)) for place, count in places if count % 8]
    if partly:
        tops = [EIGHTHS[eighth] for _, _, eighth in partly]
        figure.draw(figure.signal([place for place, _, _ in partly], [row + 0.5 for _, row, _ in partly], marker=tops))
    figure.ruler("x").alignment(tick="left")
    shown = _apart([*zip(starts, labels[:bars], strict=False)], room - len(unit) - 1 if unit else room)
    if unit and len(unit) < room:
        shown.append((room - len(unit), unit))
    figure.ruler("x").ticks([at + 0.5 for at, _ in shown], [label for _, label in shown])
    figure.ruler("y").lim(0, rows)
    lines = _strips(figure, width, height, palette, {None: palette.bar})
    return Bars(lines, [width - room + start for start in starts[:-1]])


def line_chart(
    series: Sequence[Sequence[float | None]],
    width: int,
    height: int,
    palette: Palette,
    *,
    styles: Sequence[Style],
    names: Sequence[str] = (),
    logarithmic: bool = False,
) -> list[Strip]:
    """Lines over time, one cell a second, the newest at the right end. Each has marks of its own, one of MARKS.

    Args:
        series: the values of each line, oldest first, all of one length; None where nothing is known leaves a gap.
        width: cells across, axis included.
        height: lines, labels included; at least 3.
        palette: styles of the axes.
        styles: one for each line.
        names: one for each line, written beside its right end where there is room for all.
        logarithmic: decades are of one height, and values below 1 are drawn as 1; otherwise the axis begins at 0.
    """
    rows = height - AXES
    beside = max((len(name) + 1 for name in names), default=0)
    beside = beside if len(names) <= rows and width > MOST_BESIDE * beside else 0
    width -= beside
    known = [value for values in series for value in values if value is not None]
    top = max(known, default=0.0) or 1.0
    low = min(known, default=0.0) if logarithmic else 0.0
    ticks = _rounds(low, top, rows) if logarithmic else [0.0, *_ticks(top, max(1, rows // 3))]
    scaled = _log if logarithmic else float
    figure, room = _figure({scaled(value): axis(value) for value in ticks}, width, height)
    frames = min(room, max(map(len, series), default=0))
    for index, values in enumerate(series):
        marker = _plotext().marker("braille", _FIRST_COLOR + index)
        points = [
            (room - frames + at + 0.5, scaled(value))
            for at, value in enumerate(values[-frames:] if frames else ())
            if value is not None
        ]
        line = figure.signal([x for x, _ in points], [y for _, y in points], marker=marker).lines()
        for at in range(1, len(points)):
            if points[at][0] - points[at - 1][0] > 1:
                line.line(at, active=False)
        figure.draw(line)
        marked = [point for at, point in enumerate(reversed(points)) if at % MARK_EVERY == 2 * index % MARK_EVERY]
        if marked:
            mark = _plotext().marker(MARKS[index % len(MARKS)], _FIRST_COLOR + index)
            figure.draw(figure.signal([x for x, _ in marked], [y for _, y in marked], marker=mark))
    figure.ruler("x").alignment(tick="right")
    labels = [(room - back, label) for back, label in time_labels(frames) if room - back >= len(label)]
    figure.ruler("x").ticks([at - 0.5 for at, _ in labels], [label for _, label in labels])
    bottom = scaled(min(ticks[0], low))
    highest = max(scaled(top), scaled(ticks[-1]), bottom + 1e-9)
    figure.ruler("y").lim(bottom, highest)
    made = _strips(figure, width, height, palette, {_FIRST_COLOR + index: style for index, style in enumerate(styles)})
    if not beside:
        return made
    ends = [next((value for value in reversed(values) if value is not None), None) for values in series]
    lines = [
        (index, int((highest - scaled(value)) / (highest - bottom) * rows))
        for index, value in enumerate(ends)
        if value is not None
    ]
    written = {at: index for index, at in _lines_of(lines, rows)}
    return [
        Strip.join([line, strip([(f" {names[written[at]]}", styles[written[at]])] if at in written else [], beside)])
        for at, line in enumerate(made)
    ]


def _lines_of(wanted: Sequence[tuple[int, int]], rows: int) -> list[tuple[int, int]]:
    """A line of its own for each of some names, as near to the one wanted as there is room.

    Args:
        wanted: number of the name, and its line from the top.
        rows: lines there are, at least one for each.
    """
    found: list[tuple[int, int]] = []
    free = 0
    for left, (name, line) in zip(
        range(len(wanted), 0, -1), sorted(wanted, key=lambda one: (one[1], -one[0])), strict=True
    ):
        at = min(max(line, free), rows - left)
        found.append((name, at))
        free = at + 1
    return found


def _figure(ticks: Mapping[float, str], width: int, height: int) -> tuple[_Chart, int]:
    """A figure of that size with a value axis, one unit of whose horizontal axis is a cell; and those units."""
    margin = max(map(len, ticks.values()), default=0)
    room = max(1, width - margin - 1)
    plotext = _plotext()
    figure = type(plotext.figure)(plotext.terminal)
    figure.theme("colorless")
    figure.plot_size(width, height)
    figure.axes(active=False, axis="x", side="upper")
    figure.axes(active=False, axis="y", side="right")
    figure.ruler("x").alignment(lim="edge")
    figure.ruler("x").lim(0, room)
    figure.ruler("y").alignment(lim="edge")
    figure.ruler("y").ticks(list(ticks), [label.rjust(margin) for label in ticks.values()])
    return figure, room


def _strips(
    figure: _Chart, width: int, height: int, palette: Palette, styles: Mapping[int | None, Style]
) -> list[Strip]:
    """The figure in the theme's colours: the canvas by what plotext coloured it with, everything beside it dim."""
    lines = figure.build().string().split("\n")[:height]
    made = []
    for number, line in enumerate(lines):
        pieces: list[Piece] = []
        color: int | None = None
        canvas = number < height - AXES
        start = 0
        for found in (*_COLOR.finditer(line), None):
            text = line[start : found.start() if found else None]
            if canvas and not pieces and text:  # the value axis is one piece with what has no colour of its own
                cut = 1 + max(text.find("│"), text.find("┤"))
                pieces.append((text[:cut], palette.dim))
                text = text[cut:]
            if text:
                pieces.append((text, styles.get(color, palette.dim) if canvas else palette.dim))
            if found:
                color, start = int(found[1]) if found[1] else None, found.end()
        made.append(strip(pieces, width))
    return made


def _eighths(level: float) -> int:
    """A bar's height in eighths of a cell; anything above nothing has one."""
    return max(1, round(level * 8)) if level > 0 else 0


def _ticks(top: float, most: int) -> list[float]:
    """Round values up to the top, at most so many; the top itself where none is."""
    step = next(size * 10**power for power in range(20) for size in (1, 2, 5) if int(top / (size * 10**power)) <= most)
    return [float(step * number) for number in range(1, int(top / step) + 1)] or [top]


def _rounds(low: float, top: float, rows: int) -> list[float]:
    """1, 2, 5, 10, ... from the one at or below the lowest to the one at or above the highest, a line or more apart.

    Where there are too few lines for these, powers of ten alone.
    """
    first = max(number for number in ROUND_NUMBERS if _round(number) <= max(1.0, low))
    last = min(number for number in ROUND_NUMBERS if _round(number) >= top and number > first)
    if last - first < rows:
        return [_round(number) for number in range(first, last + 1)]
    decades = [number for number in range(first, last + 1) if number % ROUNDS == 0]
    return [_round(number) for number in decades[:: -(-len(decades) // max(1, rows - 1))]] or [_round(first)]


def _round(number: int) -> float:
    return float((1, 2, 5)[number % ROUNDS] * 10 ** (number // ROUNDS))


def _log(value: float) -> float:
    return log10(max(1.0, value))


def _apart(labels: Sequence[tuple[int, str]], room: int) -> list[tuple[int, str]]:
    """Labels that begin at their places, as many as fit without touching."""
    shown: list[tuple[int, str]] = []
    end = 0
    for at, label in labels:
        if at >= end and at + len(label) <= room:
            shown.append((at, label))
            end = at + len(label) + 1
    return shown
