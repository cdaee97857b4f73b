# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key that works where the person is."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from vptop.ui.actions import Scope

LABEL = 12
"""Cells of the keys, before the text of an action."""


class KeyList(Static):
    """The keys of some scopes, each with its text, whose further lines stand below its first word."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._scopes = scopes

    def on_resize(self, event: Resize) -> None:
        """Break the texts where this width wants it."""
        self.update(key_text(self._scopes, event.size.width))


def key_text(scopes: Sequence[Scope], width: int) -> Content:
    """The keys of some scopes in a column of so many cells."""
    parts: list[Content] = []
    for scope in scopes:
        parts.append(Content.styled(f"{scope.title}\n", "bold $primary"))
        for action in scope.actions:
            label = f"  {action.label:<{LABEL - 2}} "
            lines = wrap(action.text, max(LABEL, width - len(label)))
            text = f"\n{' ' * len(label)}".join(lines)
            parts += [Content.styled(label, "$accent"), Content(f"{text}\n")]
        parts.append(Content("\n"))
    return Content("").join(parts).rstrip("\n")


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
                        yield KeyList(group)

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)
