# SPDX-License-Identifier: GPL-2.0-or-later
"""The ground of every list, table and tree: lines drawn one by one, a cursor that stays on its row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar, TypeVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from engine.probes.frame import AggregateId
from vptop.export.changes import baseline_of, in_words
from vptop.model.filterexpr import NO_FILTER, Filter
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, actions_of, bindings, key_of
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.line_input import in_order
from vptop.ui.render.fit import fit, strip, wrapped
from vptop.ui.widgets.contents import Contents
from vptop.ui.widgets.leads import Lead

R = TypeVar("R")
MARKS = ("▼", "▶")
"""Before the rows of a tree that have others below them, open and closed."""

LIST = Scope(
    "Lists, tables and trees",
    (
        Action("list.down", "j,down", "move(1)", "down"),
        Action("list.up", "k,up", "move(-1)", "up"),
        Action("list.page_down", "pagedown", "page(1)", "page down"),
        Action("list.page_up", "pageup", "page(-1)", "page up"),
        Action("list.top", "g,home", "top", "first", shown="g Home"),
        Action("list.bottom", "G", "bottom", "last"),
        Action("list.left", "h,left", "sideways(-1)", "left; in a tree: collapse"),
        Action("list.right", "l,right", "sideways(1)", "right; in a tree: expand"),
        Action("list.open", "enter", "open", "open: view, source line, callees"),
        Action("list.leads", "m", "leads", "where the row leads: code, other views, its probe", "Leads"),
    ),
)


def is_shown(widget: Widget) -> bool:
    """It has a place on its screen; a panel without one is drawn when it gets one."""
    return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))


class LinePanel(Contents[R], ScrollView, can_focus=True, inherit_bindings=False):
    """A bordered panel of rows. Only what is seen is drawn, so ten thousand rows cost as little as ten.

    A panel gets Moments by `show`, works out its rows in `collect`, and draws one by `draw`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LIST)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (LIST,)
    """scopes of its keys, the most general first"""

    class Changed(Message):
        """The person moved the cursor."""

        def __init__(self, panel: LinePanel[R]) -> None:
            super().__init__()
            self.panel = panel

    class Said(Message):
        """The panel has something to say in the line below the panels."""

        def __init__(self, text: str, severity: str = "") -> None:
            super().__init__()
            self.text, self.severity = text, severity

    class OpenView(Message):
        """The person wants the view of that digit."""

        def __init__(self, digit: int) -> None:
            super().__init__()
            self.digit = digit

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(title, id=id, classes=f"panel {classes}".strip())
        self.digit = digit
        self.moment: Moment | None = None
        self.filter = Filter()
        self.summary = False
        """it is in a view that sums others up: Enter opens the view that shows it in full"""
        self.crumbs = ""
        """what the person came here from"""
        self.ordinal = ""
        """which of how many panels it is, while not all are on screen"""
        self._waits = False
        """the first moment has not come"""
        self._held: Hashable | None = None

    async def _on_key(self, event: events.Key) -> None:
        if not self.check_consume_key(event.key, event.character):
            await in_order(self, event)

    # --- what a panel says ---

    footer_height = 0
    empty = "nothing yet"

    def collect(self, moment: Moment) -> Sequence[R]:
        """The rows of a moment, filtered and in order."""
        return ()

    def key(self, row: R) -> Hashable:
        """What makes a row the same row at the next moment."""
        return hash(row)

    def find(self, key: Hashable) -> int | None:
        """Where the row of that key is now."""
        return next((index for index, row in enumerate(self.rows) if self.key(row) == key), None)

    def draw_footer(self, line: int, width: int) -> Strip:
        """One line below the rows."""
        return Strip.blank(width)

    def status(self) -> str:
        """What the lower border says."""
        return ""

    def explain_empty(self) -> str:
        """What stands in place of rows when there are none."""
        return "no row passes the filter" if self.filter else self.empty

    def told(self) -> str:
        """What the rows are, in one line above them in a file: title, time, what restricts them, the baseline."""
        parts = [self.title_text(), self.subject(), f"/{self.filter.text}" if self.filter else ""]
        if self.moment is not None:
            session = self.moment.session
            parts.append(f"at {self.moment.frame.guest_seconds:.0f} s")
            parts.append("" if session.timeline.live or session.is_replay else "frozen")
            parts.append(in_words(baseline) if (baseline := baseline_of(self.moment)) else "")
        return " · ".join(clean(part) for part in parts if part)

    # --- moments ---

    def show(self, moment: Moment | None) -> None:
        """Draw this moment; nothing known yet is a moment too."""
        self.moment, self._waits = moment, moment is None
        self.update_rows()

    def update_rows(self) -> None:
        """Work the rows out again, keeping the cursor on its row."""
        self.rows = self.collect(self.moment) if self.moment else ()
        self.keep_cursor()

    def keep_cursor(self) -> None:
        """The rows are new: put the cursor on the row it was on, and draw."""
        if self._held is not None:
            found = self.find(self._held)
            self.cursor = self.cursor if found is None else found
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self._fit()
        self.redraw()

    def set_filter(self, chosen: Filter) -> None:
        """Show only the rows that pass."""
        self.filter = chosen
        self.update_rows()

    def about(self, aggregate: AggregateId | None) -> None:
        """Show the aggregate that a row of another view leads to, where this panel shows one of several.

        Args:
            aggregate: which one; None: the person has gone back.
        """

    def clear(self) -> None:
        """Undo what restricts the rows."""
        self.set_filter(NO_FILTER)

    @property
    def current(self) -> R | None:
        """The row the cursor is on."""
        return self.rows[self.cursor] if self.rows else None

    def key_of(self, action: str) -> str:
        """The first key of one of its actions, for messages."""
        return key_of(self.app, action, actions_of(self.SCOPES))

    def scopes(self) -> tuple[Scope, ...]:
        """The scopes valid now."""
        return self.SCOPES

    # --- drawing ---

    @property
    def _body(self) -> int:
        return max(1, self.size.height - self.header_height - self.footer_height)

    def _fit(self) -> None:
        self._set_height(len(self.rows) + self.header_height + self.footer_height)
        digit = f"{self.digit} " if self.digit else ""
        crumbs = f"{self.crumbs} › " if self.crumbs else ""
        place = f"{key_of(self.app, 'panel.next')} {self.ordinal}" if self.ordinal and self.has_focus else ""
        status = " · ".join(
            part for part in (place, f"/{self.filter.text}" if self.filter else "", self.status()) if part
        )
        self.set_titles(f"{digit}{crumbs}{self.title_text()}", status)

    def _set_height(self, lines: int) -> None:
        """Let the scroll bar know how many lines there are.

        To set the virtual size lays the whole screen out again, so that is left to when the scroll bar comes or goes.
        """
        size, visible = Size(self.inner_width, lines), self.scrollable_content_region.height
        scrolls = lines > visible
        if size.width != self.virtual_size.width or scrolls != self.show_vertical_scrollbar:
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(LinePanel.virtual_size, size)
            if scrolls:
                self.vertical_scrollbar.window_virtual_size = lines
            if self.scroll_offset.y > max(0, lines - visible):
                self.scroll_to(y=max(0, lines - visible), animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Make room."""
        self._fit()
        self.reveal()

    def draw_line(self, y: int) -> Strip:
        """A line of the widget: header, a row that is scrolled to, or footer."""
        width, height = self.space
        if y < self.header_height:
            return self.draw_header(y, width)
        if y >= height - self.footer_height:
            return self.draw_footer(y - (height - self.footer_height), width)
        if not self.rows:
            return self._empty_line(y - self.header_height, width)
        index = y - self.header_height + self.scroll_offset.y
        if index >= len(self.rows):
            return Strip.blank(width)
        return self.draw(self.rows[index], index, width, cursor=self.has_focus and index == self.cursor)

    def _empty_line(self, line: int, width: int) -> Strip:
        words = "no second recorded yet" if self._waits else self.explain_empty()
        lines = wrapped(words, max(1, width - 2), max(1, self._body))
        first = (self._body - len(lines)) // 2
        text = fit(lines[line - first], width, "^") if first <= line < first + len(lines) else ""
        return strip([(text, self.palette.dim)], width)

    # --- movement ---

    def _move_to(self, index: int) -> None:
        if not self.rows:
            return
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._held = self.key(self.rows[self.cursor])
        self.reveal()
        self.redraw()
        self.post_message(self.Changed(self))

    def reveal(self) -> None:
        """Scroll so that the row under the cursor is seen."""
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True, force=True)
        elif self.cursor >= top + self._body:
            self.scroll_to(y=self.cursor - self._body + 1, animate=False, immediate=True, force=True)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is seen at once."""
        self._move_to(self.cursor + pages * self._body)

    def action_top(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self._move_to(len(self.rows) - 1)

    def action_sideways(self, direction: int) -> None:
        """Left or right, where a panel has something there: the panel on that side."""
        if direction < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_open(self) -> None:
        """What the row leads to; by default, the view that shows this panel in full."""
        if self.digit:
            self.post_message(self.OpenView(self.digit))

    def leads(self) -> Sequence[Lead]:
        """Where the row under the cursor leads."""
        return ()

    def action_leads(self) -> None:
        """Go where the row leads; when there are several places, let the person pick one."""
        found = self.leads()
        if len(found) == 1:
            self.post_message(found[0].message)
        elif found:

            def go(picked: str | None) -> None:
                if picked is not None:
                    self.post_message(found[int(picked)].message)

            choices = [(str(index), lead.title) for index, lead in enumerate(found)]
            self.app.push_screen(PickScreen("Go to", choices), go)

    def spots(self) -> Sequence[tuple[Offset, Callable[[], object]]]:
        """Where on the panel a jump can go: the rows on screen, each with its place in the content."""
        top = self.scroll_offset.y
        shown = range(top, min(top + self._body, len(self.rows)))
        return [
            (Offset(0, self.header_height + at - top), partial(self.go_to_row, self.key(self.rows[at]), at))
            for at in shown
        ]

    def go_to_row(self, key: Hashable, index: int) -> None:
        """Put the cursor on the row of that key; on the one of that index where there is none."""
        found = self.find(key)
        self._move_to(index if found is None else found)

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self.header_height:
            self.header_clicked(offset.x, offset.y)
        elif offset.y < self.size.height - self.footer_height:
            self._move_to(offset.y - self.header_height + self.scroll_offset.y)
            row = self.current
            if (
                row is not None
                and self.draw(row, 0, self.inner_width, cursor=False).crop(offset.x, offset.x + 1).text in MARKS
            ):
                self.toggle()
            elif event.chain > 1:
                self.action_open()

    def toggle(self) -> None:
        """The person clicked the mark of a row that opens and closes."""

    def header_clicked(self, x: int, line: int) -> None:
        """The person clicked into a line of the header."""

    def on_focus(self) -> None:
        """The cursor shows, and which panel this is."""
        self._fit()
        self.refresh()

    def on_blur(self) -> None:
        """Neither shows any more."""
        self._fit()
        self.refresh()
