# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything a script can name, with a line about each, from the tables the compiler reads."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from vptop.model.reference import TOPICS, Entry
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.labelled import Labelled, LabelledList
from vptop.ui.line_input import LineInput

NAME_WIDTH = 28
"""Cells of the first column; longer names run into the second."""
TITLES = {"probes": "Probe points", "globals": "Variables", "functions": "Functions and forms"}


def matching(pattern: str) -> list[tuple[str, list[Entry]]]:
    """Lines by topic whose name or text holds a pattern; with wildcards, whose name is like it."""
    pattern = pattern.strip().lower()

    def fits(line: Entry) -> bool:
        if any(mark in pattern for mark in "*?["):
            return fnmatchcase(line.name.lower(), pattern)
        return pattern in line.name.lower() or pattern in line.doc.lower()

    found = ((topic, [line for line in lines() if fits(line)]) for topic, lines in TOPICS.items())
    return [(topic, lines) for topic, lines in found if lines]


class ReferenceScreen(Dialog[str | None]):
    """A list with a filter; Enter takes the chosen name, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f3", "dismiss", "close"),
        Binding("down", "move(1)", "down", priority=True),
        Binding("up", "move(-1)", "up", priority=True),
        Binding("pagedown", "move(10)", "page down", priority=True),
        Binding("pageup", "move(-10)", "page up", priority=True),
    ]

    def __init__(self, taken: str) -> None:
        """`taken`: what becomes of a name that is chosen, in words."""
        super().__init__()
        self._taken = taken
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """The filter above the list."""
        with Vertical(classes="dialog reference") as box:
            box.border_title = Content("What scripts can name")
            box.border_subtitle = Content(f"type to filter, Guest_* · Enter {self._taken} · Esc closes")
            yield LineInput(placeholder="filter", compact=True)
            yield LabelledList()

    def on_mount(self) -> None:
        """Everything, at first."""
        self._show("")
        self.query_one(Input).focus()

    def _show(self, pattern: str) -> None:
        self._names = []
        entries: list[Labelled] = []
        found = matching(pattern)
        width = max((len(line.usage) for _, lines in found for line in lines), default=0)
        for topic, lines in found:
            entries.append(Labelled(TITLES[topic], style="bold $vptop-primary"))
            self._names.append("")
            for line in lines:
                entries.append(Labelled(f"  {line.usage:<{min(width, NAME_WIDTH)}}  ", line.doc, "$vptop-accent"))
                self._names.append(line.name)
        self.query_one(LabelledList).show(entries, 1 if self._names else None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """Take the highlighted one."""
        row = self.query_one(OptionList).highlighted
        if row is not None and self._names[row]:
            self.dismiss(self._names[row])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        self.dismiss(self._names[event.option_index])

    def action_move(self, rows: int) -> None:
        """Move the highlight; the typing stays in the filter."""
        options = self.query_one(OptionList)
        if self._names:
            options.highlighted = max(1, min(len(self._names) - 1, (options.highlighted or 0) + rows))
            if not self._names[options.highlighted]:  # a heading
                options.highlighted += 1 if rows > 0 else -1
