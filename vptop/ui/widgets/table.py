# SPDX-License-Identifier: GPL-2.0-or-later
"""A panel with columns: sorted by any of them, filtered by text and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.strip import Strip

from vptop.export.shown import Table
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.render import columns
from vptop.ui.render.columns import Column, Sort
from vptop.ui.render.numbers import counted
from vptop.ui.widgets.lines import LIST, LinePanel

R = TypeVar("R")

TABLE = Scope(
    "Tables",
    (
        Action("sort.pick", "s", "sort", "sort by another column", "Sort"),
        Action("sort.previous", "comma", "sort_step(-1)", "sort by the column to the left"),
        Action("sort.next", "full_stop", "sort_step(1)", "sort by the column to the right"),
        Action("sort.reverse", "r", "reverse", "reverse the order"),
    ),
)


class TablePanel(LinePanel[R]):
    """A table. Subclasses give columns and unsorted rows of a moment."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TABLE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (LIST, TABLE)
    header_height = 1
    default_sort = Sort("rate")

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(title, digit=digit, id=id, classes=classes)
        self.sort = self.default_sort
        self.all_rows = 0
        """rows before the filter"""

    # --- what a table says ---

    def columns(self, moment: Moment) -> Sequence[Column[R]]:
        """All columns, from left to right."""
        return ()

    def items(self, moment: Moment) -> Iterable[R]:
        """All rows, in no order."""
        return ()

    def searchable(self, row: R) -> str:
        """What the text of a filter looks at."""
        return ""

    def numbers(self, row: R) -> Mapping[str, float]:
        """What the comparisons of a filter look at."""
        return {}

    def mark(self, row: R) -> str:
        """A glyph before the row."""
        return " "

    # --- rows ---

    def collect(self, moment: Moment) -> Sequence[R]:
        """Filter and sort."""
        items = list(self.items(moment))
        self.all_rows = len(items)
        if self.filter:
            items = [row for row in items if self.filter(self.searchable(row), self.numbers(row))]
        return columns.ordered(items, self.columns(moment), self.sort)

    def status(self) -> str:
        """The order, and how many rows of how many."""
        shown = len(self.rows)
        rows = counted(shown, "row") if shown == self.all_rows else f"{shown} of {counted(self.all_rows, 'row')}"
        return rows if self.rows or self.all_rows else ""

    # --- drawing ---

    def _layout(self, width: int) -> list[tuple[Column[R], int]]:
        return columns.arrange(self.columns(self.moment), width) if self.moment else []

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles."""
        return columns.header(self._layout(width), self.sort, width, self.palette)

    def draw(self, row: R, index: int, width: int, *, cursor: bool) -> Strip:
        """The cells of a row."""
        return columns.row(self._layout(width), row, width, self.palette, mark=self.mark(row), cursor=cursor)

    def table(self) -> Table:
        """The columns on screen, and the rows in their order."""
        shown = [column for column, _ in self._layout(self.inner_width) if column.sized is None]
        titles = tuple(column.title.strip() or column.id for column in shown)
        return Table(self.title_text(), titles, tuple(tuple(one.cell(row) for one in shown) for row in self.rows))

    def action_open(self) -> None:
        """In the view of the panel, go where the row leads; elsewhere open that view."""
        if self.leads() and not self.summary:
            self.action_leads()
        else:
            super().action_open()

    # --- order ---

    def sortable(self) -> list[Column[R]]:
        """The columns on screen that rows can be ordered by."""
        return [column for column, _ in self._layout(self.inner_width) if column.order]

    def sort_by(self, column: str) -> None:
        """Order by that column; by the same one again: the other way round."""
        self.sort = Sort(column, not self.sort.reverse) if column == self.sort.column else Sort(column)
        self.update_rows()

    def action_sort(self) -> None:
        """Let the person pick a column."""
        choices = [(column.id, column.title.strip() or column.id) for column in self.sortable()]
        if choices:
            self.app.push_screen(PickScreen("Sort by", choices, self.sort.column), self._picked)

    def _picked(self, column: str | None) -> None:
        if column is not None:
            self.sort_by(column)

    def action_sort_step(self, step: int) -> None:
        """Order by the next sortable column to the left or right."""
        names = [column.id for column in self.sortable()]
        if names:
            at = names.index(self.sort.column) if self.sort.column in names else 0
            self.sort = Sort(names[(at + step) % len(names)])
            self.update_rows()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.sort = Sort(self.sort.column, not self.sort.reverse)
        self.update_rows()

    def header_clicked(self, x: int) -> None:
        """Order by the column under the mouse."""
        column = columns.column_at(self._layout(self.inner_width), x)
        if column is not None and column.order:
            self.sort_by(column.id)
