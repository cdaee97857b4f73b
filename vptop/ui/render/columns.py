# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables: columns that fit a width, a header with the sort mark, rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.style import Style
from textual.strip import Strip

from vptop.export.shown import Cell, Value
from vptop.ui.render import numbers
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.render.palette import Palette

R = TypeVar("R")
N = TypeVar("N", int, float)

CHANGE, GROWTH = "delta", "growth"
CHANGES = (CHANGE, GROWTH)
"""Columns that are there only while something is compared."""
GUTTER = 2
ALWAYS = 9
LEAST = 6
"""Cells that a column keeps that gives way to others."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: what a cell says, how wide it is, how rows are ordered by it."""

    id: str
    title: str
    width: int
    cell: Callable[[R], str]
    order: Callable[[R], Any] | None = None
    align: str = ">"
    style: Callable[[R, Palette], Style] | None = None
    stretch: bool = False
    """takes the width that is left over"""
    most: int = 1000
    """but never more than this"""
    first: int = 0
    """it grows to this width before others grow"""
    sized: Callable[[R, int], str] | None = None
    """what the cell says when that depends on the width it got (bars, trends, long names)"""
    value: Callable[[R], Value] | None = None
    """what the cell stands for, which files for programs get; None: the text of the cell"""
    is_picture: bool = False
    """a bar or a trend, which no file of texts gets"""
    titled: Callable[[int], str] | None = None
    """the title over a column of that width, where it depends on that"""
    keep: int = ALWAYS
    """where there is no room, columns with the lowest number go first"""
    ascending: bool = False
    """the direction people expect first"""
    usual: bool = True
    """shown until a person has chosen among the columns"""

    @property
    def is_name(self) -> bool:
        """It names the row rather than measures it: such columns are read in ascending order."""
        return self.ascending

    def written(self, row: R) -> str:
        """The cell for a file."""
        return self.cell(row) if self.value is None else Cell(self.cell(row), self.value(row))


def number_column(
    id: str,  # noqa: A002
    title: str,
    width: int,
    shown: Callable[[N], str],
    number: Callable[[R], N],
    *,
    keep: int = ALWAYS,
    style: Callable[[R, Palette], Style] | None = None,
) -> Column[R]:
    """A column of numbers, by which its rows can be ordered."""
    return Column(id, title, width, lambda row: shown(number(row)), number, keep=keep, style=style, value=number)


def share_cell(share: float) -> Cell:
    """A share of 1, which files have in percent."""
    return Cell(numbers.percent(share), share * 100)


def change_cell(change: float) -> Cell:
    """The change of a share, which files have in percentage points."""
    return Cell(numbers.points(change), change * 100)


def change_columns(
    counted: str, change: Callable[[R], float | None], growth: Callable[[R], float | None]
) -> list[Column[R]]:
    """What has changed since the baseline, as a rate and as a share; a glyph says which way.

    Args:
        counted: the title of the rate.
        change: of the rate of a row; None: it cannot be compared.
        growth: the same as a share of what it was; None: it was nothing.
    """

    def size(row: R) -> float:
        return change(row) or 0.0

    def ratio(row: R) -> str:
        return "" if change(row) is None else numbers.growth(growth(row))

    def percent(row: R) -> Value:
        share = growth(row)
        return ratio(row) if share is None or change(row) is None else share * 100

    def style(row: R, palette: Palette) -> Style:
        return palette.warn if size(row) > 0 else palette.accent if size(row) < 0 else palette.dim

    return [
        Column(
            CHANGE,
            f"Δ{counted}",
            9,
            lambda row: "" if change(row) is None else numbers.change(size(row)),
            lambda row: abs(size(row)),
            style=style,
            value=lambda row: "" if change(row) is None else size(row),
        ),
        Column(GROWTH, "Δ%", 7, ratio, style=style, keep=7, value=percent),
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which columns a person wants, and in which order."""

    hidden: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    """ids from left to right; columns that are not named here keep their places at the end"""

    def of(self, columns: Iterable[Column[R]]) -> list[Column[R]]:
        """The columns wanted, in order; of none, the first."""
        found = self.arranged(columns)
        return [column for column in found if not self.hides(column)] or found[:1]

    def hides(self, column: Column[R]) -> bool:
        """Whether a column is not wanted."""
        return column.id in self.hidden or not (column.usual or column.id in self.order)

    def arranged(self, columns: Iterable[Column[R]]) -> list[Column[R]]:
        """All columns, in order."""
        places = {name: at for at, name in enumerate(self.order)}
        return sorted(columns, key=lambda column: places.get(column.id, len(places)))


@dataclass(frozen=True, slots=True)
class Sort:
    """Column and direction of a table's order."""

    column: str
    reverse: bool = False
    """against the direction that is usual for the column"""


def arrange(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """The columns that fit and their widths; stretching ones take what is left over, and give what is missing."""
    chosen = list(columns)
    room = width - GUTTER

    extra = room - sum(column.width + 1 for column in chosen) + bool(chosen)
    while extra < 0 and (droppable := [at for at, column in enumerate(chosen) if column.keep < ALWAYS]):
        at = min(reversed(droppable), key=lambda at: chosen[at].keep)
        extra += chosen.pop(at).width + 1
    widths = {column.id: column.width for column in chosen}
    for column in chosen:
        more = max(0, min(extra, column.first - column.width))
        widths[column.id] += more
        extra -= more
    growing = sorted((column for column in chosen if column.stretch), key=lambda column: column.most)
    for left, column in zip(range(len(growing), 0, -1), growing, strict=True):
        more = max(0, min(extra // left, column.most - widths[column.id]))
        widths[column.id] += more
        extra -= more
    for column in growing:
        less = max(0, min(-extra, widths[column.id] - LEAST))
        widths[column.id] -= less
        extra += less
    return [(column, widths[column.id]) for column in chosen]


def ordered(rows: Iterable[R], columns: Sequence[Column[R]], sort: Sort) -> list[R]:
    """Rows in the order of a column; equal ones stay in the order given."""
    column = next((column for column in columns if column.id == sort.column and column.order), None)
    if column is None or column.order is None:
        return list(rows)
    return sorted(rows, key=column.order, reverse=column.ascending == sort.reverse)


def header(layout: Sequence[tuple[Column[R], int]], sort: Sort, width: int, palette: Palette) -> Strip:
    """Titles, the sorted one with an arrow."""
    pieces: list[Piece] = []
    for index, (column, cells) in enumerate(layout):
        before = " " if index else " " * GUTTER
        title, style = column.titled(cells) if column.titled else column.title, palette.header
        if column.id == sort.column and column.order:
            arrow = "▲" if column.ascending != sort.reverse else "▼"
            style = palette.sorted
            if len(title) < cells:
                title = arrow + title
            else:  # no room inside: the arrow takes the blank before the column
                before = before[:-1] + arrow
        pieces += [(before, style), (fit(title, cells, column.align), style)]
    return strip(pieces, width, palette.header)


def row(
    layout: Sequence[tuple[Column[R], int]],
    item: R,
    width: int,
    palette: Palette,
    *,
    mark: str = " ",
    cursor: bool,
    gone: bool = False,
) -> Strip:
    """One row; mark is a glyph in the gutter (new, failed), which the cursor's arrow covers.

    Of a row that is gone only the names are left.
    """
    glyph = "▶" if cursor else mark
    pieces: list[Piece] = [(f"{glyph} ", palette.accent)]
    for index, (column, cells) in enumerate(layout):
        if index:
            pieces.append((" ", palette.text))
        if gone:
            pieces.append((fit(column.cell(item) if column.is_name else "·", cells, column.align), palette.dim))
            continue
        style = column.style(item, palette) if column.style else palette.text
        text = column.sized(item, cells) if column.sized else column.cell(item)
        pieces.append((fit(text, cells, column.align), style))
    made = strip(pieces, width, palette.text)
    return highlighted(made, palette) if cursor else made


def highlighted(made: Strip, palette: Palette) -> Strip:
    """The same line as the one the cursor is on. Bars, what tells a state, and heat keep their colours.

    In reverse video bars alone do, on the ground of the other lines: reversed, they would be gaps.
    """
    lit = palette.cursor
    telling = (palette.bar, palette.good, palette.warn, palette.bad, palette.accent)
    over: dict[Style | None, Style] = {palette.bar: Style(bold=lit.bold)}
    if not lit.reverse:
        over = dict.fromkeys(telling, Style(bgcolor=lit.bgcolor, bold=lit.bold))
        over |= dict.fromkeys(palette.heat_text, Style(bold=lit.bold))
    return Strip(
        [segment._replace(style=(segment.style or Style()) + over.get(segment.style, lit)) for segment in made]
    )


def column_at(layout: Sequence[tuple[Column[R], int]], x: int) -> Column[R] | None:
    """The column at a cell of the header line."""
    left = GUTTER
    for column, cells in layout:
        if left <= x <= left + cells:
            return column
        left += cells + 1
    return None
