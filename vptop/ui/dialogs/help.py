# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key that works where the person is; what a key does can be run from here, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Input, Static

from vptop.ui.actions import Action, Scope, actions_of
from vptop.ui.dialogs.dialog import Dialog, R
from vptop.ui.dialogs.labelled import hanging
from vptop.ui.line_input import LineInput

LABEL = 12
"""Cells of the keys, before the text of an action."""


class KeyList(Static):
    """The keys of some scopes, each with its text, whose further lines stand below its first word."""

    class Clicked(Message):
        """The person clicked an action."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._scopes = self._shown = scopes
        self._chosen: int | None = None

    @property
    def actions(self) -> list[Action]:
        """Those that are listed."""
        return actions_of(self._shown)

    def filter(self, pattern: str) -> None:
        """List the actions that match."""
        self._shown = matching(self._scopes, pattern)
        self._draw(self.size.width)

    def choose(self, number: int | None) -> None:
        """Mark one of the listed actions, counted from 0; None: none."""
        if number != self._chosen:
            self._chosen = number
            self._draw(self.size.width)

    def place(self) -> Region:
        """Where the marked action is on screen, with the heading above it; empty where none is marked."""
        lines = [line for line, number in enumerate(self._numbers()) if number == self._chosen]
        if self._chosen is None or not lines:
            return Region()
        first = lines[0] - (lines[0] > 0 and self._numbers()[lines[0] - 1] is None)
        corner = self.content_region
        return Region(corner.x, corner.y + first, corner.width, lines[-1] + 1 - first)

    def _numbers(self) -> list[int | None]:
        """For each line of the list, which action stands there."""
        return [number for number, _, text in rows(self._shown, self.size.width) for _ in text.split("\n")]

    def _draw(self, width: int) -> None:
        self.update(key_text(self._shown, width, self._chosen))

    def on_resize(self, event: Resize) -> None:
        """Break the texts where this width wants it."""
        self._draw(event.size.width)

    def on_click(self, event: Click) -> None:
        """Run what stands there."""
        numbers, line = self._numbers(), event.get_content_offset_capture(self).y
        if 0 <= line < len(numbers) and (number := numbers[line]) is not None:
            self.post_message(self.Clicked(self.actions[number]))


def matching(scopes: Sequence[Scope], pattern: str) -> list[Scope]:
    """The scopes with the actions whose keys, text, names or heading hold every word; a word with capitals exactly."""
    words = pattern.split()

    def fits(action: Action, title: str) -> bool:
        text = f"{action.label} {action.text} {action.footer} {action.id} {title}"
        return all(word in (text if word != word.lower() else text.lower()) for word in words)

    found = (replace(scope, actions=tuple(one for one in scope.actions if fits(one, scope.title))) for scope in scopes)
    return [scope for scope in found if scope.actions]


def rows(scopes: Sequence[Scope], width: int) -> Iterator[tuple[int | None, str, str]]:
    """The list in a column of so many cells: the number of the action, its keys, its text; of headings the title."""
    number = 0
    for at, scope in enumerate(scopes):
        if at:
            yield None, "", ""
        yield None, "", scope.title
        for action in scope.actions:
            label = f"  {action.label:<{LABEL - 2}} "
            yield number, label, hanging(action.text, len(label), width)
            number += 1


def key_text(scopes: Sequence[Scope], width: int, chosen: int | None = None) -> Content:
    """The keys of some scopes in a column of so many cells; an action may be marked by its number."""
    lines = []
    for number, label, text in rows(scopes, width):
        if number is None:
            lines.append(Content.styled(text, "bold $vptop-primary"))
        elif number == chosen:
            lines.append(Content.styled(f"{label}{text}", "reverse"))
        else:
            lines.append(Content.assemble((label, "$vptop-accent"), text))
    return Content("\n").join(lines)


class HelpScreen(Dialog[Action | None]):
    """The table of actions for some scopes, two columns wide where there is room. The result is one to be run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "clear the filter, close"),
        Binding("q,question_mark,f1", "dismiss", "close"),
        Binding("slash", "filter", "filter"),
        Binding("down", "move(1)", "down", priority=True),
        Binding("up", "move(-1)", "up", priority=True),
        Binding("j", "move(1)", "down"),
        Binding("k", "move(-1)", "up"),
        Binding("enter", "run", "run the marked action"),
    ]

    def __init__(self, scopes: Sequence[Scope]) -> None:
        """`scopes`: those valid now, the app's last."""
        super().__init__()
        self._scopes = scopes
        self._at: int | None = None
        """which of the listed actions is marked"""

    def compose(self) -> ComposeResult:
        """A scrolling box: what is particular to the place on the left, the rest on the right."""
        with VerticalScroll(classes="dialog help") as box:
            box.border_title = Content("Keys that work here")
            box.border_subtitle = Content("↑ ↓ Enter runs one · / filters · Esc closes")
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

    @property
    def _actions(self) -> list[Action]:
        return [action for keys in self.query(KeyList) for action in keys.actions]

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
        """List what matches; the first of it is marked."""
        for keys in self.query(KeyList):
            keys.filter(event.value)
        self.query_one(".none").display = not self._actions
        self._mark(0 if event.value and self._actions else None)

    @on(Input.Submitted)
    def _keep(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _mark(self, at: int | None) -> None:
        self._at = at
        for keys in self.query(KeyList):
            here = at is not None and 0 <= at < len(keys.actions)
            keys.choose(at if here else None)
            at = None if at is None or here else at - len(keys.actions)

    def action_move(self, step: int) -> None:
        """Mark another action, and show it."""
        if not (count := len(self._actions)):
            return
        self._mark(0 if self._at is None else max(0, min(count - 1, self._at + step)))
        box = self.query_one(VerticalScroll)
        seen = box.scrollable_content_region
        place = next((place for keys in self.query(KeyList) if (place := keys.place())), seen)
        below = min(0, place.y - seen.y) or max(0, place.bottom - seen.bottom)
        box.scroll_relative(y=below, animate=False, immediate=True)

    def action_run(self) -> None:
        """Close, and have the marked action run; where none is marked, close."""
        self.dismiss(None if self._at is None else self._actions[self._at])

    @on(KeyList.Clicked)
    def _clicked(self, event: KeyList.Clicked) -> None:
        self.dismiss(event.action)


def help_of(dialog: Dialog[R], *scopes: Scope) -> None:
    """Open the help about the keys of a dialog; what is chosen there is run in the dialog."""
    keys = getattr(dialog.app, "keys_changed", {})

    async def run(action: Action | None) -> None:
        if action is not None:
            holders = [*(dialog.focused.ancestors_with_self if dialog.focused else ()), dialog]
            method = f"action_{action.name.partition('(')[0]}"
            await dialog.app.run_action(action.name, next((one for one in holders if hasattr(one, method)), dialog))

    dialog.app.push_screen(HelpScreen([scope.with_keys(keys) for scope in scopes]), run)
