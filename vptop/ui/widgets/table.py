# SPDX-License-Identifier: GPL-2.0-or-later
"""A panel with columns: sorted by any of them, filtered by text and numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.strip import Strip

from vptop.export.shown import Cells, Table
from vptop.model.filterexpr import Filter
from vptop.model.moment import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.dialogs.columns import ColumnsScreen
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.render import columns
from vptop.ui.render.columns import CHANGE, CHANGES, Choice, Column, Sort
from vptop.ui.render.numbers import counted
from vptop.ui.widgets.lines import LIST, LinePanel
from vptop.ui.widgets.pinning import MOST, PinnedOrder

R = TypeVar("R")

TABLE = Scope(
    "Tables",
    (
        Action("sort.pick", "s", "sort", "sort by another column", "Sort"),
        Action("sort.previous", "comma", "sort_step(-1)", "sort by the column to the left"),
        Action("sort.next", "full_stop", "sort_step(1)", "sort by the column to the right"),
        Action("sort.reverse", "r", "reverse", "reverse the order"),
        Action("row.follow", "f", "follow", "keep the row under the cursor in sight; end that"),
        Action("row.pin", "o", "pin", "rows keep their places while their numbers change; end that"),
        Action("columns.pick", "c", "pick_columns", "columns: which, and in which order", "Columns"),
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
        self._uncompared: Sort | None = None
        """the order without a comparison; None: nothing is compared"""
        self.choice = Choice()
        """of columns"""
        self.usual = Choice()
        """the one before a person has chosen"""
        self.follows = False
        """scroll so that the row under the cursor stays in sight"""
        self.pinned: PinnedOrder[R] | None = None
        """the order that rows keep; None: that of the sorted column"""
        self.all_rows = 0
        """rows before the filter"""
        self._drawn_with: tuple[int, list[tuple[Column[R], int]]] | None = None
        """while the lines are drawn: the width and the columns, which are those of all lines"""

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

    def passes(self, row: R) -> bool:
        """Whether the filter shows a row."""
        return self.filter(self.searchable(row), self.numbers(row))

    def mark(self, row: R) -> str:
        """A glyph before the row."""
        return " "

    # --- rows ---

    def collect(self, moment: Moment) -> Sequence[R]:
        """Filter and sort."""
        items = list(self.items(moment))
        self.all_rows = len(items)
        if self.filter:
            items = [row for row in items if self.passes(row)]
        return columns.ordered(items, self.columns(moment), self.sort)

    def update_rows(self) -> None:
        """Work the rows out again; pinned ones keep their places."""
        self.rows = self.collect(self.moment) if self.moment else ()
        self.place_rows()

    def place_rows(self) -> None:
        """The rows are new: put them into their places, and the cursor on its row."""
        if self.pinned is not None:
            self.rows = self.pinned.arrange(self.rows)
        self.keep_cursor()
        if self.follows:
            self.reveal()

    def find(self, key: Hashable) -> int | None:
        """Where the row of that key is now."""
        return super().find(key) if self.pinned is None else self.pinned.find(key)

    def set_filter(self, chosen: Filter) -> None:
        """Show only the rows that pass; pinned rows are pinned anew."""
        was_pinned = self._unpin()
        super().set_filter(chosen)
        self._pin_again(was_pinned=was_pinned)

    def status(self) -> str:
        """How many rows of how many, and what keeps them in their places."""
        shown = len(self.rows) - (self.pinned.gone if self.pinned else 0)
        rows = counted(shown, "row") if shown == self.all_rows else f"{shown} of {counted(self.all_rows, 'row')}"
        states = [rows if self.rows or self.all_rows else "", "pinned" if self.pinned else ""]
        states.append("following" if self.follows else "")
        return " · ".join(state for state in states if state)

    # --- changes ---

    def follow_comparison(self, moment: Moment) -> None:
        """With differences, those that changed most come first; without, the order is the one of before."""
        if moment.session.comparing and self._uncompared is None:
            self._uncompared, self.sort = self.sort, Sort(CHANGE)
        elif not moment.session.comparing and self._uncompared is not None:
            self.sort, self._uncompared = self.lasting_sort, None

    @property
    def lasting_sort(self) -> Sort:
        """The order that there is without a comparison, too."""
        return self._uncompared if self._uncompared is not None and self.sort.column in CHANGES else self.sort

    def sort_lastingly(self, sort: Sort) -> None:
        """Order by that, or, while something is compared, from its end on."""
        self.sort = sort
        if self._uncompared is not None:
            self._uncompared, self.sort = sort, Sort(CHANGE)

    # --- drawing ---

    def redraw(self) -> None:
        """Repaint the lines that are to be different now, all with the same columns."""
        width = self.inner_width
        self._drawn_with = width, self._layout(width)
        try:
            super().redraw()
        finally:
            self._drawn_with = None

    def _layout(self, width: int) -> list[tuple[Column[R], int]]:
        if self._drawn_with is not None and self._drawn_with[0] == width:
            return self._drawn_with[1]
        return columns.arrange(self.choice.of(self.columns(self.moment)), width) if self.moment else []

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles."""
        return columns.header(self._layout(width), self.sort, width, self.palette)

    def draw(self, row: R, index: int, width: int, *, cursor: bool) -> Strip:
        """The cells of a row."""
        gone = self.pinned is not None and self.pinned.is_gone(row)
        mark = " " if gone else self.mark(row)
        return columns.row(self._layout(width), row, width, self.palette, mark=mark, cursor=cursor, gone=gone)

    def drawer(self, width: int) -> Callable[[R], str]:
        """Draws rows of now as text, with the columns of now."""
        layout, palette, mark = self._layout(width), self.palette, self.mark
        pinned = self.pinned

        def text(row: R) -> str:
            gone = pinned is not None and pinned.is_gone(row)
            glyph = " " if gone else mark(row)
            return columns.row(layout, row, width, palette, mark=glyph, cursor=False, gone=gone).text.rstrip()

        return text

    def table(self) -> Table:
        """The columns on screen, and the rows in their order."""
        shown = [column for column, _ in self._layout(self.inner_width) if not column.is_picture]
        titles = tuple(column.title.strip() or column.id for column in shown)
        return Table(self.title_text(), titles, Cells(self.rows, [column.written for column in shown]))

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
        self._order_by(Sort(column, not self.sort.reverse) if column == self.sort.column else Sort(column))

    def _order_by(self, sort: Sort) -> None:
        """Order rows; pinned ones are pinned anew in that order."""
        was_pinned = self._unpin()
        self.sort = sort
        self.update_rows()
        self._pin_again(was_pinned=was_pinned)

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
            self._order_by(Sort(names[(at + step) % len(names)]))

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._order_by(Sort(self.sort.column, not self.sort.reverse))

    def header_clicked(self, x: int, line: int) -> None:
        """Order by the column under the mouse."""
        column = columns.column_at(self._layout(self.inner_width), x)
        if column is not None and column.order:
            self.sort_by(column.id)

    # --- rows and columns that stay ---

    def action_follow(self) -> None:
        """Keep the row under the cursor in sight, or let it go."""
        self.follows = not self.follows
        if self.follows and self.rows:
            self._held = self.key(self.rows[self.cursor])
            self.reveal()
        self._fit()

    def action_pin(self) -> None:
        """Keep the rows in the places that they have now, or let them be ordered again."""
        if self._unpin():
            self.update_rows()
        elif len(self.rows) > MOST:
            self.post_message(self.Said(f"at most {MOST} rows can be pinned; a filter leaves fewer", "warn"))
        else:
            self._pin_again(was_pinned=True)

    def _unpin(self) -> bool:
        """Let rows be ordered again. Returns whether they were pinned."""
        was_pinned, self.pinned = self.pinned is not None, None
        return was_pinned

    def _pin_again(self, *, was_pinned: bool) -> None:
        if was_pinned and len(self.rows) <= MOST:
            self.pinned = PinnedOrder(self.rows, self.key)
            self.place_rows()

    def action_pick_columns(self) -> None:
        """Let the person choose columns."""
        if self.moment is None or not (every := self.choice.arranged(self.columns(self.moment))):
            return
        shown = {column.id for column, _ in self._layout(self.inner_width)}
        titles = [(column.id, column.title.strip() or column.id) for column in every]
        hidden = {column.id for column in every if self.choice.hides(column)}
        cut = {column.id for column in every} - shown - hidden
        self.app.push_screen(ColumnsScreen(titles, hidden, cut, usual=self.usual), self._columns_picked)

    def _columns_picked(self, choice: Choice | None) -> None:
        if choice is not None:
            self.choose_columns(choice)

    def choose_columns(self, choice: Choice) -> None:
        """Show these columns."""
        self.choice = choice
        self.update_rows()
