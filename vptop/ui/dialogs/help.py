# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key that works where the person is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, Static

from vptop.ui.actions import Action, Scope
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.labelled import hanging
from vptop.ui.line_input import LineInput

LABEL = 12
"""Cells of the keys, before the text of an action."""


class KeyList(Static):
    """The keys of some scopes, each with its text, whose further lines stand below its first word."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._scopes = self._shown = scopes

    def filter(self, pattern: str) -> bool:
        """List the actions that match. Returns whether there are any."""
        self._shown = matching(self._scopes, pattern)
        self.update(key_text(self._shown, self.size.width))
        return bool(self._shown)

    def on_resize(self, event: Resize) -> None:
        """Break the texts where this width wants it."""
        self.update(key_text(self._shown, event.size.width))


def matching(scopes: Sequence[Scope], pattern: str) -> list[Scope]:
    """The scopes with the actions whose keys, text, names or heading hold every word; a word with capitals exactly."""
    words = pattern.split()

    def fits(action: Action, title: str) -> bool:
        text = f"{action.label} {action.text} {action.footer} {action.id} {title}"
        return all(word in (text if word != word.lower() else text.lower()) for word in words)

    found = (replace(scope, actions=tuple(one for one in scope.actions if fits(one, scope.title))) for scope in scopes)
    return [scope for scope in found if scope.actions]


def key_text(scopes: Sequence[Scope], width: int) -> Content:
    """The keys of some scopes in a column of so many cells."""
    parts: list[Content] = []
    for scope in scopes:
        parts.append(Content.styled(f"{scope.title}\n", "bold $vptop-primary"))
        for action in scope.actions:
            label = f"  {action.label:<{LABEL - 2}} "
            text = hanging(action.text, len(label), width)
            parts += [Content.styled(label, "$vptop-accent"), Content(f"{text}\n")]
        parts.append(Content("\n"))
    return Content("").join(parts).rstrip("\n")


class HelpScreen(Dialog[None]):
    """The table of actions for some scopes, two columns wide where there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "clear the filter, close"),
        Binding("q,question_mark,f1,enter", "dismiss", "close"),
        Binding("slash", "filter", "filter"),
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
            box.border_subtitle = Content("/ filters · Esc closes")
            yield LineInput(placeholder="filter: a key, or words of what it does", compact=True)
            with Container(classes="columns"):
                for group in (self._scopes[:-1], self._scopes[-1:]):
                    if group:
                        yield KeyList(group)
            yield Static("no key matches", classes="none", markup=False)

    def on_mount(self) -> None:
        """The keys scroll."""
        self.query_one(Input).display = self.query_one(".none").display = False
        self.query_one(VerticalScroll).focus()

    def action_filter(self) -> None:
        """Type a filter. The box stays as large as it is."""
        box, entry = self.query_one(VerticalScroll), self.query_one(Input)
        if not entry.display:
            box.styles.min_height = box.outer_size.height
        box.scroll_home(animate=False, immediate=True)
        entry.display = True
        entry.focus()

    def action_leave(self) -> None:
        """Clear the filter; where there is none, close."""
        entry = self.query_one(Input)
        if not entry.display:
            self.dismiss()
            return
        entry.value = ""
        entry.display = False
        self.query_one(VerticalScroll).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        found = [keys.filter(event.value) for keys in self.query(KeyList)]
        self.query_one(".none").display = not any(found)

    @on(Input.Submitted)
    def _keep(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)
