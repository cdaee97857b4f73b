# SPDX-License-Identifier: GPL-2.0-or-later
"""Pick a script of the library."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList

from vptop.model.library import ANY, LibraryScript
from vptop.model.scriptfiles import SUFFIX
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.labelled import Labelled, LabelledList


class LibraryScreen(Dialog[LibraryScript | None]):
    """The scripts with the questions that they answer; Enter takes one, Esc leaves.

    Args:
        scripts: of the library.
        loaded: names of scripts that run.
        guest: what runs in the machine; scripts for another guest come last.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "cancel"),
        Binding("j", "move(1)", "down"),
        Binding("k", "move(-1)", "up"),
    ]

    def __init__(self, scripts: Sequence[LibraryScript], loaded: Container[str], guest: str) -> None:
        super().__init__()
        self._scripts = sorted(scripts, key=lambda one: not _fits(one, guest))
        self._loaded = loaded
        self._guest = guest

    def compose(self) -> ComposeResult:
        """A bordered list."""
        width = max((len(one.name) for one in self._scripts), default=0)
        with Vertical(classes="dialog library") as box:
            box.border_title = Content("Scripts of the library")
            box.border_subtitle = Content("Enter loads · Esc leaves")
            yield LabelledList([self._line(one, width) for one in self._scripts])

    def _line(self, script: LibraryScript, width: int) -> Labelled:
        mark = "●" if f"{script.name}{SUFFIX}" in self._loaded else " "
        note = "" if _fits(script, self._guest) else f"  ({script.guest} only)"
        style = "" if _fits(script, self._guest) else "$foreground 50%"
        return Labelled(f"{mark} {script.name:<{width}}  ", f"{script.question}{note}", style, style)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(self._scripts[event.option_index])

    def action_move(self, rows: int) -> None:
        """Next or previous."""
        entries = self.query_one(OptionList)
        (entries.action_cursor_down if rows > 0 else entries.action_cursor_up)()


def _fits(script: LibraryScript, guest: str) -> bool:
    return script.guest == ANY or script.guest.lower() in guest.lower()
