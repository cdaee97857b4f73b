# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask for one line, and offer names for what is being typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList, Static

from vptop.model.names import Name
from vptop.model.plain import clean
from vptop.ui.dialogs.labelled import Labelled, LabelledList
from vptop.ui.dialogs.prompt import PromptScreen

NAME_WIDTH = 32
"""Cells of the names; what a longer one is stands behind it."""


class SuggestingPrompt(PromptScreen):
    """A line to type, with a list of names below it. Choosing one puts it into the line; Enter takes the line.

    Args:
        title: of the box.
        value: what stands there at first.
        wrong: says what is wrong with an answer; empty when it can be taken.
        suggest: names for what has been typed, the best first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "choose(1)", "next name"),
        Binding("shift+tab,up", "choose(-1)", "name before"),
    ]

    looks = "prompt suggesting"
    keys = "Tab ↓ chooses · Enter goes · Esc leaves"

    def __init__(
        self, title: str, value: str, wrong: Callable[[str], str], suggest: Callable[[str], Sequence[Name]]
    ) -> None:
        super().__init__(title, value, wrong)
        self._suggest = suggest
        self._typed = value
        self._names: Sequence[Name] = ()

    def below(self) -> ComposeResult:
        """The names."""
        names = LabelledList()
        names.can_focus = False
        yield names

    def on_mount(self) -> None:
        """Offer what there is before anything is typed."""
        self._offer(self._typed)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        self.query_one(".trouble", Static).update("")
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        self._typed, self._names = typed, self._suggest(typed)
        width = min(NAME_WIDTH, max((len(name.text) for name in self._names), default=0))
        entries = [Labelled(f"{clean(name.text):<{width}}  ", name.what, "", "$vptop-muted") for name in self._names]
        self.query_one(LabelledList).show(entries, None)

    def action_choose(self, step: int) -> None:
        """Put the next name of the list into the line; beyond its ends stands what was typed."""
        listed = self.query_one(LabelledList)
        at = -1 if listed.highlighted is None else listed.highlighted
        at = (at + 1 + step) % (len(self._names) + 1) - 1
        listed.highlighted = None if at < 0 else at
        entry = self.query_one(Input)
        with entry.prevent(Input.Changed):
            entry.value = self._names[at].text if at >= 0 else self._typed
        entry.cursor_position = len(entry.value)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._names[event.option_index].text)
