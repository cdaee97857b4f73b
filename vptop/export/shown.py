# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file: its rows as filtered and sorted, with the columns that are on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from rich.cells import cell_len

from engine.probes.frame_json import items
from vptop.export.markdown import escaped, line
from vptop.export.parts import Parts, csv_rows, lines

R = TypeVar("R")


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
    return lines("  ".join(map(_padded, cells, widths)).rstrip() for cells in _rows(table))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """The titles, if there are any, and the rows."""
    return chain([table.columns] if table.columns else [], table.rows)


def _csv(table: Table) -> Parts:
    return csv_rows(_rows(table))


def _markdown(table: Table) -> Parts:
    titles = table.columns or (table.title,)
    head = [line(map(escaped, titles)), line("---" for _ in titles)]
    return lines(chain(head, (line(map(escaped, cells)) for cells in table.rows)))


def _json(table: Table) -> Parts:
    titles = table.columns or ("text",)
    yield b"["
    yield from items(dict(zip(titles, cells, strict=True)) for cells in table.rows)
    yield b"]\n"


SHOWN_FORMATS = (
    ShownFormat(".txt", "Text", _text),
    ShownFormat(".csv", "CSV", _csv),
    ShownFormat(".md", "Markdown", _markdown),
    ShownFormat(".json", "JSON", _json),
)
"""In the order of the export dialog."""
