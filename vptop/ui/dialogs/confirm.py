# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask before something that cannot be taken back."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from vptop.ui.dialogs.dialog import Dialog


class ConfirmScreen(Dialog[bool]):
    """A question; y or Enter says yes, n or Esc says no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "yes"),
        Binding("n,escape,q", "answer(False)", "no"),
    ]

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._heading = title
        self._question = question

    def compose(self) -> ComposeResult:
        """A box with the question."""
        with Vertical(classes="dialog confirm") as box:
            box.border_title = Content(f"{self._heading}")
            box.border_subtitle = Content("y yes · n no")
            yield Static(Content(self._question))

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)
