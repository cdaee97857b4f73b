# SPDX-License-Identifier: GPL-2.0-or-later
"""The only place that knows plotext: charts as lines of plain characters, coloured by who draws them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import plotext

_COLOR = re.compile(r"\x1b\[[0-9;]*m")

BLOCKS = frozenset("█▀▄▌▐▖▗▘▙▚▛▜▝▞▟")
"""What plotext draws bars with; everything else is axes and labels."""
NARROWEST, WIDEST = 2, 12


def columns_chart(labels: Sequence[str], heights: Sequence[float], width: int, height: int) -> list[str]:
    """Upright bars with a value axis on the left and a label under each bar.

    Every bar is a whole number of cells wide with a gap of one cell, so that the chart keeps still from one second to
    the next. Bars that do not fit are left out at the end.

    Args:
        labels: one for each bar.
        heights: one for each bar, from 0 up.
        width: cells across, axis included.
        height: lines, labels included.
    """
    top = max(heights, default=0) or 1
    ticks = _ticks(top, max(3, height // 4))
    names = [_short(tick) for tick in ticks]
    margin = max(len(name) for name in names)
    bars = max(1, min(len(heights), (width - margin) // NARROWEST))
    cells = max(NARROWEST, min(WIDEST, (width - margin) // bars))
    names = [name.rjust(margin) for name in names]

    plotext.terminal.limit(width=False, height=False)  # the size is ours to choose, not the real terminal's
    figure = plotext.figure
    figure.clear()
    figure.plot_size(margin + bars * cells, height)
    figure.axes(active=False)
    # plotext puts the limits of an axis at the centres of its outermost pixels; the marker has two to a cell
    pixel = 1 / (2 * cells)
    figure.ruler("x").lim(
        pixel / 2 + 0.2 * pixel, bars - pixel / 2 - 0.2 * pixel
    )  # a bar at the very limit would lose its edge
    figure.ruler("y").lim(0, top)
    figure.ruler("y").ticks(ticks, names)
    middle = (cells - 1) / (2 * cells)
    places = [index + middle for index in range(bars)]
    figure.draw(figure.bar(places, list(heights[:bars]), marker="hd", width=(2 * cells - 3) * pixel))
    every = _every(labels[:bars], cells)
    figure.ruler("x").ticks(places[::every], list(labels[:bars:every]))
    lines = _COLOR.sub("", figure.build().string()).rstrip("\n").split("\n")
    if len(lines) >= 2:
        lines[-2] = lines[-2][:margin] + "─" * (bars * cells)
    return [line[:width].ljust(width) for line in lines[:height]]


def _every(labels: Sequence[str], cells: int) -> int:
    """1 when all labels fit side by side, 2 when every second does, ..."""
    longest = max((len(label) for label in labels), default=1)
    return -(-(longest + 1) // cells)


def _ticks(top: float, most: int) -> list[float]:
    """Round numbers from 0 to the top, at most so many above 0."""
    for step in (size * 10**power for power in range(19) for size in (1, 2, 5)):
        if top / step <= most:
            return [float(step * index) for index in range(int(top / step) + 1)]
    return [0.0, top]


def _short(value: float) -> str:
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
