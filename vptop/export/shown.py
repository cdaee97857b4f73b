# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file: its rows as filtered and sorted, with the columns that are on screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from vptop.export.markdown import escaped, line

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
    render: Callable[[Table], str]


def _text(table: Table) -> str:
    lines = [table.columns, *table.rows] if table.columns else table.rows
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)] if lines else []
    return "".join("  ".join(map(str.ljust, cells, widths)).rstrip() + "\n" for cells in lines)


def _csv(table: Table) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([table.columns, *table.rows] if table.columns else table.rows)
    return out.getvalue()


def _markdown(table: Table) -> str:
    titles = table.columns or (table.title,)
    rows = [line(map(escaped, cells)) for cells in table.rows]
    return "\n".join([line(map(escaped, titles)), line("---" for _ in titles), *rows]) + "\n"


def _json(table: Table) -> str:
    titles = table.columns or ("text",)
    return msgspec.json.encode([dict(zip(titles, cells, strict=True)) for cells in table.rows]).decode() + "\n"


SHOWN_FORMATS = (
    ShownFormat(".txt", "Text", _text),
    ShownFormat(".csv", "CSV", _csv),
    ShownFormat(".md", "Markdown", _markdown),
    ShownFormat(".json", "JSON", _json),
)
"""In the order of the export dialog."""
