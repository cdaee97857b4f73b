# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key that works where the person is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from vptop.ui.actions import Scope


class HelpScreen(ModalScreen[None]):
    """The table of actions for some scopes, two columns wide where there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "close"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
    ]

    def __init__(self, scopes: Sequence[Scope]) -> None:
        """`scopes`: those valid now, the app's last."""
        super().__init__()
        self._scopes = scopes

    def compose(self) -> ComposeResult:
        """A scrolling box: what is particular to the place on the left, the rest on the right."""
        with VerticalScroll(classes="dialog help") as box:
            box.border_title = Content("Keys that work here")
            box.border_subtitle = Content("Esc closes")
            with Container(classes="columns"):
                for group in (self._scopes[:-1], self._scopes[-1:]):
                    if group:
                        yield Static(self._text(group))

    def _text(self, scopes: Sequence[Scope]) -> Content:
        parts: list[Content] = []
        for scope in scopes:
            parts.append(Content.styled(f"{scope.title}\n", "bold $primary"))
            for action in scope.actions:
                parts += [Content.styled(f"  {action.label:<10}", "$accent"), Content(f" {action.text}\n")]
            parts.append(Content("\n"))
        return Content("").join(parts).rstrip("\n")

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
