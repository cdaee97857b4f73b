# SPDX-License-Identifier: GPL-2.0-or-later
"""Pick one of a few things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from vptop.model.plain import clean
from vptop.ui.dialogs.dialog import Dialog


class PickScreen(Dialog[str | None]):
    """A list; Enter takes, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "cancel"),
        Binding("j", "down", "down"),
        Binding("k", "up", "up"),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], chosen: str = "") -> None:
        super().__init__()
        self._heading = title
        self._choices = choices
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """A bordered list."""
        options = [
            Option(Content(f"{'●' if name == self._chosen else ' '} {clean(title)}"), id=f"choice-{index}")
            for index, (name, title) in enumerate(self._choices)
        ]
        with Vertical(classes="dialog pick") as box:
            box.border_title = Content(f"{clean(self._heading)}")
            box.border_subtitle = Content("Enter takes · Esc leaves")
            yield OptionList(*options)

    def on_mount(self) -> None:
        """Start at what is chosen now."""
        names = [name for name, _ in self._choices]
        if self._chosen in names:
            self.query_one(OptionList).highlighted = names.index(self._chosen)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(self._choices[event.option_index][0])

    def action_down(self) -> None:
        """Next."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Previous."""
        self.query_one(OptionList).action_cursor_up()
