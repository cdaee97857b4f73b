# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file: its rows as filtered and sorted, with the columns that are on screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from vptop.export.markdown import escaped, line


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a panel."""

    title: str
    columns: tuple[str, ...]
    """titles; empty for a panel without columns, whose rows are one text each"""
    rows: tuple[tuple[str, ...], ...]


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
