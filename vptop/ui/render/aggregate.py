# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of an aggregate's table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from rich.style import Style
from textual.strip import Strip

from vptop.model.compare import Comparison
from vptop.model.filterexpr import Comparison as Threshold
from vptop.model.keytext import Shown
from vptop.model.rows import Measure, Measured
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import Column, change_columns, number_column
from vptop.ui.render.fit import Piece, strip, width_of
from vptop.ui.render.palette import Palette

TREND = 8
"""Seconds of a trend where there is little room."""
SHORT_TREND = 12
"""Seconds of the trends of interrupts where there is little room, and of an aggregate with very many rows."""
MOST_TREND = 60
"""Seconds of a trend where there is room."""
KEY_SAMPLE = 200
"""Rows whose keys are measured for the width of their columns."""
LONGEST_KEY = 40
KEY_STEP = 8
"""Widths of stretching columns of keys are multiples of this, so that few new keys move the columns."""


def tabs(labels: Sequence[str], chosen: int, width: int, palette: Palette) -> tuple[Strip, list[tuple[int, int, int]]]:
    """The names of aggregates in a line that is moved so that the chosen one is on it.

    Also where each is, for the mouse: first cell, the cell behind it, number.
    """
    first = 0
    while first < chosen and sum(width_of(label) + 3 for label in labels[first : chosen + 1]) > width:
        first += 1
    pieces: list[Piece] = []
    places: list[tuple[int, int, int]] = []
    left = 0
    for at, label in enumerate(labels[first:], start=first):
        pieces += [(f" {label} ", palette.chip if at == chosen else palette.dim), (" ", palette.text)]
        places.append((left, left + width_of(label) + 2, at))
        left += width_of(label) + 3
    return strip(pieces, width), places


_LATEST: Column[Measure] = number_column("latest", "LAST", 5, numbers.short, lambda row: row.latest, keep=1)
"""Where rows are summed, nobody knows which of them was updated last."""
_NUMBERS: list[Column[Measure]] = [
    number_column("rate", "CNT/S", 8, numbers.rate, lambda row: row.rate),
    number_column("count", "COUNT", 7, numbers.count, lambda row: row.count, keep=8),
    number_column("avg", "AVG", 6, numbers.short, lambda row: row.avg),
    number_column("min", "MIN", 5, numbers.short, lambda row: row.min, keep=2),
    number_column("max", "MAX", 6, numbers.short, lambda row: row.max, keep=5),
    _LATEST,
]

VALUES = ("avg", "min", "max", "latest")
"""Columns that hold values of the script; the others hold counts."""


def alarming(row: Measure, warn: Sequence[Threshold], column: str = "") -> bool:
    """Whether a threshold holds for a row; of one column, where that is given."""
    return any(test.holds(getattr(row, test.field)) for test in warn if column in ("", test.field))


def _number_style(column: str, warn: Sequence[Threshold]) -> Callable[[Measure, Palette], Style]:
    return lambda row, palette: palette.warn if alarming(row, warn, column) else palette.text


def columns(
    measured: Measured | None,
    shown: Shown,
    left_out: Collection[int],
    comparison: Comparison | None,
    trend: Callable[[Measure, int], Sequence[float | None]],
    warn: Sequence[Threshold] = (),
    unit: str = "",
    *,
    compares: bool = False,
    counts: bool = False,
) -> list[Column[Measure]]:
    """Keys, rate, the five numbers, trend.

    Args:
        measured: the rows that they are for, as far as their widths depend on them.
        shown: how keys are headed and shown, those that are left out included.
        left_out: key columns that rows are summed over.
        comparison: with the baseline; None: with none, or it is still being worked out.
        trend: the rates of a row in the last Frames.
        warn: thresholds; a number for which one holds has the style of warnings.
        unit: of the values, which are shown in the one of its kind that fits each; empty: as they are.
        compares: there are columns of differences, whose cells are empty as long as there is no comparison.
        counts: all values are 1, so that the columns of values say nothing: a person has to ask for them.
    """
    cells = _NUMBERS if not left_out else [column for column in _NUMBERS if column is not _LATEST]
    if unit:
        cells = [_in_unit(column, unit) if column.id in VALUES else column for column in cells]
    if counts:
        cells = [replace(column, usual=column.id not in VALUES) for column in cells]
    rate, *others = (replace(one, style=_number_style(one.id, warn)) if warn else one for one in cells)
    return [
        *_key_columns(measured, shown, left_out),
        rate,
        *(_change_columns(comparison, values=not counts) if compares else ()),
        *others,
        Column(
            "trend",
            "TREND",
            TREND,
            lambda row: bars.trend(trend(row, TREND)),
            align="<",
            stretch=True,
            most=MOST_TREND,
            sized=lambda row, cells: bars.trend(trend(row, cells)),
            is_picture=True,
            titled="{}s".format,
            keep=3,
            style=lambda _, palette: palette.bar,
        ),
    ]


def _in_unit(column: Column[Measure], unit: str) -> Column[Measure]:
    """The same column with its values in fitting units, which files have with each value, too."""
    name = column.id
    cells = numbers.SCALED_CELLS
    return replace(column, cell=lambda row: numbers.scaled(getattr(row, name), unit), width=cells, value=None)


def _change_columns(comparison: Comparison | None, *, values: bool) -> list[Column[Measure]]:
    """What has changed since the baseline, the averages too where there are values; None: it is not known yet."""

    def grown(row: Measure) -> float | None:
        return comparison.average_change(row.index) if comparison else None

    def style(row: Measure, palette: Palette) -> Style:
        size = grown(row) or 0.0
        return palette.warn if size > 0 else palette.accent if size < 0 else palette.dim

    average = Column[Measure](
        "delta-avg",
        "ΔAVG",
        8,
        lambda row: "" if (size := grown(row)) is None else numbers.change(size),
        style=style,
        value=lambda row: "" if (size := grown(row)) is None else size,
    )
    return [
        *change_columns(
            "CNT/S",
            lambda row: comparison.change(row.index) if comparison else None,
            lambda row: comparison.ratio(row.index) if comparison else None,
        ),
        *([average] if values else ()),
    ]


def _key_columns(measured: Measured | None, shown: Shown, left_out: Collection[int]) -> list[Column[Measure]]:
    """A column for each key; the cells of those left out are empty, as no row has them."""
    sample = list(map(measured.__getitem__, range(min(KEY_SAMPLE, len(measured))))) if measured else []
    made: list[Column[Measure]] = []
    integers = strings = 0
    for at, title in enumerate(shown.titles):
        is_string = at >= len(shown.integers)
        cell: Callable[[Measure], str]
        if at in left_out:
            cell = _no_cell
        elif is_string:
            cell, strings = partial(_string_cell, shown.strings[at - len(shown.integers)], strings), strings + 1
        else:
            cell, integers = partial(_integer_cell, shown.integers[at], integers), integers + 1
        made.append(_key_column(f"key{at}", title, cell, sample, stretch=is_string))
    last = next((at for at in reversed(range(len(made))) if at not in left_out), None)
    if last is not None and not any(column.stretch for at, column in enumerate(made) if at not in left_out):
        made[last] = replace(made[last], stretch=True, align="<")
    return made


def _no_cell(_: Measure) -> str:
    return ""


def _integer_cell(show: Callable[[int], str], at: int, row: Measure) -> str:
    return show(row.key[0][at])


def _string_cell(show: Callable[[str], str] | None, at: int, row: Measure) -> str:
    return show(row.key[1][at]) if show else row.key[1][at]


def _key_column(
    name: str, title: str, cell: Callable[[Measure], str], sample: Sequence[Measure], *, stretch: bool
) -> Column[Measure]:
    longest = max((width_of(cell(row)) for row in sample), default=4)
    width = min(LONGEST_KEY, max(longest, width_of(title) + 1))
    most = -(-max(width, longest) // KEY_STEP) * KEY_STEP
    return Column(
        name,
        title,
        min(width, 14) if stretch else width,
        cell,
        cell,
        align="<" if stretch or title == "VECTOR" else ">",
        stretch=stretch,
        most=most,
        first=min(most, LONGEST_KEY) if stretch else 0,
        ascending=True,
        style=lambda _, palette: palette.strong,
    )
