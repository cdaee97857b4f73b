# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask for one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.line_input import LineInput


class PromptScreen(Dialog[str | None]):
    """A line to type; Enter takes it, Esc leaves.

    Args:
        title: of the box.
        value: what stands there at first.
        wrong: says what is wrong with an answer; empty when it can be taken.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "cancel")]
    looks = "prompt"
    """classes of the box"""
    keys = "Enter takes · Esc leaves"

    def __init__(self, title: str, value: str, wrong: Callable[[str], str]) -> None:
        super().__init__()
        self._heading = title
        self._value = value
        self._wrong = wrong

    def compose(self) -> ComposeResult:
        """The line, and what is wrong with it."""
        with Vertical(classes=f"dialog {self.looks}") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content(self.keys)
            yield LineInput(self._value)
            yield Static("", classes="trouble", markup=False)
            yield from self.below()

    def below(self) -> ComposeResult:
        """What stands below them in the box."""
        yield from ()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if wrong := self._wrong(event.value.strip()):
            self.query_one(".trouble", Static).update(f"✗ {wrong}")
        else:
            self.dismiss(event.value.strip())
