# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file: its rows as filtered and sorted, with the columns that are on screen.

Text and Markdown have the cells as they are shown, below a line that says what they are; CSV and JSON have the numbers
that these stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

from rich.cells import cell_len

from engine.probes.frame_json import items
from vptop.export import folded, speedscope
from vptop.export.markdown import escaped, fenced, line
from vptop.export.parts import Parts, csv_rows, lines
from vptop.export.samples import Profile, Sample

R = TypeVar("R")
Value: TypeAlias = str | int | float
PLACES = 3
"""Decimals of a number in a file; of one below 1, its significant digits."""


class Cell(str):
    """A cell as it is shown, and the value behind it: `14.8k` and 14831, `▼23.0` and -23."""

    __slots__ = ("value",)
    value: Value

    def __new__(cls, text: str, value: Value) -> Cell:
        """Make one."""
        made = super().__new__(cls, text)
        made.value = value
        return made


def value_of(cell: str) -> Value:
    """What a program reads of a cell."""
    value = cell.value if isinstance(cell, Cell) else cell
    if not isinstance(value, float):
        return value
    rounded = round(value, PLACES) if abs(value) >= 1 else float(f"{value:.{PLACES}g}")
    return int(rounded) if rounded.is_integer() else rounded


class Cells(Sequence[tuple[str, ...]], Generic[R]):
    """Rows as texts, which are made when they are read: a million of them take seconds.

    Args:
        rows: that nobody changes.
        cells: the texts of one.
    """

    def __init__(self, rows: Sequence[R], cells: Sequence[Callable[[R], str]]) -> None:
        self._rows = rows
        self._cells = cells

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> tuple[str, ...]:  # type: ignore[override]
        row = self._rows[at]
        return tuple(cell(row) for cell in self._cells)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a panel."""

    title: str
    columns: tuple[str, ...]
    """titles; empty for a panel without columns, whose rows are one text each"""
    rows: Sequence[tuple[str, ...]]
    stacks: Callable[[], Iterable[Sample]] | None = None
    """what they are the calls of; None: of nothing"""
    heading: str = ""
    """what people read above the rows: the title, and of which time they are"""


@dataclass(frozen=True, slots=True)
class ShownFormat:
    """A file format for a Table."""

    suffix: str
    title: str
    render: Callable[[Table], Parts]


def _text(table: Table) -> Parts:
    widths = [0] * len(table.columns or (table.title,))
    for cells in _rows(table):
        widths = list(map(max, widths, map(cell_len, cells)))
    rows = ("  ".join(map(_padded, cells, widths)).rstrip() for cells in _rows(table))
    return lines(chain((table.heading, "") if table.heading else (), rows))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """The titles, if there are any, and the rows."""
    return chain([table.columns] if table.columns else [], table.rows)


def _csv(table: Table) -> Parts:
    return csv_rows(map(value_of, cells) for cells in _rows(table))


def _markdown(table: Table) -> Parts:
    """A table; of a panel without columns, the text as it is."""
    above = (f"## {escaped(table.heading)}", "") if table.heading else ()
    if not table.columns:
        return lines(chain(above, fenced(cell for (cell,) in table.rows)))
    are_numbers = [isinstance(cell, Cell) and not isinstance(cell.value, str) for cell in next(iter(table.rows), ())]
    under = ("---:" if number else "---" for number in are_numbers or [False] * len(table.columns))
    head = [line(map(escaped, table.columns)), line(under)]
    return lines(chain(above, head, (line(map(escaped, cells)) for cells in table.rows)))


def _json(table: Table) -> Parts:
    titles = table.columns or ("text",)
    yield b"["
    yield from items(dict(zip(titles, map(value_of, cells), strict=True)) for cells in table.rows)
    yield b"]\n"


def _folded(table: Table) -> Parts:
    return folded.document([_profile(table)])


def _speedscope(table: Table) -> Parts:
    return speedscope.document(table.title, [_profile(table)])


def _profile(table: Table) -> Profile:
    return Profile(table.title, table.stacks or tuple)


SHOWN_FORMATS = (
    ShownFormat(".txt", "Text", _text),
    ShownFormat(".csv", "CSV", _csv),
    ShownFormat(".md", "Markdown", _markdown),
    ShownFormat(".json", "JSON", _json),
)
"""In the order of the export dialog."""
STACK_FORMATS = (
    ShownFormat(".folded", "Folded stacks", _folded),
    ShownFormat(".speedscope.json", "speedscope", _speedscope),
)
"""Of a panel that shows stacks, behind the others."""


def formats_of(table: Table) -> tuple[ShownFormat, ...]:
    """The formats that a panel can have."""
    return SHOWN_FORMATS if table.stacks is None else (*SHOWN_FORMATS, *STACK_FORMATS)
