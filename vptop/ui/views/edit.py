# SPDX-License-Identifier: GPL-2.0-or-later
"""The view that holds the editor and knows which scripts there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from engine.vm.protocol import Reply
from vptop.model.session import Moment
from vptop.ui.actions import Scope
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.editor import EditorPane
from vptop.ui.editor.actions import EDITOR
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel


class EditView(View):
    """The editor over one of the loaded scripts."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (EDITOR,)

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sources: Mapping[str, str] = {}
        self.script = ""

    def compose(self) -> ComposeResult:
        """The editor."""
        yield EditorPane()

    @property
    def editor(self) -> EditorPane:
        """The editor itself."""
        return self.query_one(EditorPane)

    def set_scripts(self, sources: Mapping[str, str]) -> None:
        """These scripts are loaded; open the first when none is open."""
        self._sources = sources
        if not self.script and sources:
            self.open(next(iter(sources)))

    def open(self, name: str) -> None:
        """Edit that script, as it was loaded."""
        if name in self._sources and name != self.script:
            self.script = name
            self.editor.open(name, self._sources[name])

    def go_to(self, name: str, line: int, column: int) -> None:
        """Show a place in a script."""
        self.open(name)
        self.editor.goto(line, column)

    def show(self, moment: Moment | None) -> None:
        """Show the rates of this moment beside the lines."""
        super().show(moment)
        if moment is not None:
            self.editor.show_moment(moment)

    def show_result(self, name: str, reply: Reply) -> None:
        """What the VM said to a script."""
        if name == self.script:
            self.editor.show_result(reply)

    def take_focus(self, usual: LinePanel[object] | None = None) -> None:
        """Focus the text."""
        first = next((widget for widget in self.editor.query("*") if widget.focusable), self.editor)
        self.screen.set_focus(first)  # at once: the next key is already for it

    @on(EditorPane.PickRequested)
    def _pick_script(self) -> None:
        """Let the person choose another script."""
        choices = [(name, name) for name in self._sources]
        self.app.push_screen(PickScreen("Scripts", choices, self.script), self._picked)

    def _picked(self, name: str | None) -> None:
        if name:
            self.open(name)
        self.take_focus()

    def scopes(self, panel: LinePanel[object] | None) -> tuple[Scope, ...]:
        """The editor's, wherever the focus is."""
        return (EDITOR,)


ROW = ViewRow("edit", "Edit", "Edit", "edit the running scripts", EditView)
