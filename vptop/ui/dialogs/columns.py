# SPDX-License-Identifier: GPL-2.0-or-later
"""Choose the columns of a table and their order, or the panels of a view."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from vptop.model.plain import clean
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.render.columns import Choice

COLUMNS = "Columns"


class ColumnsScreen(Dialog[Choice | None]):
    """The columns with a mark at those shown; Space shows or hides one, J and K move it, Enter takes, Esc leaves.

    Args:
        titles: id and title of every column, in order.
        hidden: ids of those that are not shown.
        cut: ids of those that are wanted but do not fit the width.
        what: they are; other things than columns have no order.
        usual: what `0` chooses.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "cancel"),
        Binding("j", "step(1)", "down"),
        Binding("k", "step(-1)", "up"),
        Binding("J,shift+down", "move(1)", "move the column right"),
        Binding("K,shift+up", "move(-1)", "move the column left"),
        Binding("space", "show_or_hide", "show or hide", priority=True),
        Binding("0", "usual", "as usual"),
    ]

    def __init__(
        self,
        titles: Sequence[tuple[str, str]],
        hidden: Collection[str],
        cut: Collection[str] = (),
        what: str = COLUMNS,
        usual: Choice = Choice(),  # noqa: B008 - it cannot be changed
    ) -> None:
        super().__init__()
        self._usual = usual
        self._what = what
        self._titles = [*titles]
        self._hidden = {*hidden}
        self._cut = frozenset(cut)

    def compose(self) -> ComposeResult:
        """A bordered list."""
        with Vertical(classes="dialog choice") as box:
            box.border_title = Content(self._what)
            moves = "J K move · " if self._what == COLUMNS else ""
            box.border_subtitle = Content(f"Space shows · {moves}0 as usual · Enter takes")
            yield OptionList(*(Option(self._line(name, title)) for name, title in self._titles))

    def _line(self, name: str, title: str) -> Content:
        mark = " " if name in self._hidden else "●"
        return Content(f"{mark} {clean(title)}{'  (too narrow for it)' if name in self._cut else ''}")

    def _show(self, highlighted: int) -> None:
        entries = self.query_one(OptionList)
        for index, (name, title) in enumerate(self._titles):
            entries.replace_option_prompt_at_index(index, self._line(name, title))
        entries.highlighted = highlighted

    @property
    def _at(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def action_show_or_hide(self) -> None:
        """Show or hide a column; the last one stays."""
        name = self._titles[self._at][0]
        if name in self._hidden:
            self._hidden.discard(name)
        elif len(self._hidden) + 1 < len(self._titles):
            self._hidden.add(name)
        self._show(self._at)

    def action_move(self, step: int) -> None:
        """Put a column further left or right."""
        if self._what != COLUMNS:
            return
        at = self._at
        to = max(0, min(len(self._titles) - 1, at + step))
        self._titles.insert(to, self._titles.pop(at))
        self._show(to)

    def action_step(self, step: int) -> None:
        """Next or previous."""
        entries = self.query_one(OptionList)
        (entries.action_cursor_down if step > 0 else entries.action_cursor_up)()

    def action_usual(self) -> None:
        """The usual columns, in their usual order."""
        self.dismiss(self._usual)

    def on_option_list_option_selected(self, _: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(Choice(frozenset(self._hidden), tuple(name for name, _ in self._titles)))
