# SPDX-License-Identifier: GPL-2.0-or-later
"""The contents of a panel: rows that are drawn, and what files, the clipboard and a terminal get of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from textual.strip import Strip

from vptop.export.shown import Table
from vptop.ui.widgets.drawn import DrawnByLine

R = TypeVar("R")
WHOLE = 1000
"""Cells in which no line of text is cut."""


class Contents(DrawnByLine, Generic[R]):
    """Rows below a title."""

    header_height = 0
    """lines above the rows"""

    def __init__(self, title: str, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.heading = title
        self.rows: Sequence[R] = ()
        self.cursor = 0

    # --- what it consists of ---

    def title_text(self) -> str:
        """What the upper border says."""
        return self.heading

    def subject(self) -> str:
        """What the rows are of, for a file: the aggregate and the time, where they are of these."""
        return ""

    def draw(self, row: R, index: int, width: int, *, cursor: bool) -> Strip:
        """One row."""
        return Strip.blank(width)

    def draw_header(self, line: int, width: int) -> Strip:
        """One line above the rows."""
        return Strip.blank(width)

    def text_of(self, row: R, width: int) -> str:
        """A row as text, for the clipboard."""
        return self.draw(row, 0, width, cursor=False).text.rstrip()

    # --- what is taken away ---

    def table(self) -> Table:
        """Everything in the panel, for a file."""
        return Table(self.title_text(), (), tuple((self.text_of(row, WHOLE),) for row in self.rows))

    def copies(self) -> Sequence[tuple[str, str]]:
        """What can be copied of the row under the cursor: names and texts."""
        table = self.table()
        if not 0 <= self.cursor < len(table.rows):
            return []
        cells = [cell.strip() for cell in table.rows[self.cursor]]
        named = zip(table.columns, cells, strict=True) if table.columns else ()
        return [("row", "\t".join(cells)), *((name, cell) for name, cell in named if cell)]

    def copy_lines(self) -> Iterator[str]:
        """The table as lines of text for the clipboard, cells separated by tabs: the rows of now."""
        table = self.table()
        if table.columns:
            yield "\t".join(table.columns)
        yield from ("\t".join(map(str.strip, cells)) if table.columns else cells[0] for cells in table.rows)

    def printed_lines(self) -> Iterator[str]:
        """Everything in the panel as it is drawn, for a terminal: the rows of now, however long it takes."""
        width, rows = max(40, self.inner_width), self.rows
        text = self.drawer(width)
        yield from [self.draw_header(line, width).text.rstrip() for line in range(self.header_height)]
        yield from map(text, rows)

    def drawer(self, width: int) -> Callable[[R], str]:
        """Draws rows of now as text."""
        return lambda row: self.text_of(row, width)
