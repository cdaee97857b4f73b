# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels over what can be reached; typing one goes there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.widgets import Static

from vptop.ui.dialogs.dialog import Dialog

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Those under the fingers first."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on screen that can be gone to."""

    at: Offset
    go: Callable[[], object]


def labels(number: int) -> list[str]:
    """So many labels, none of which is the beginning of another: single letters as far as they reach, then pairs."""
    pairs = 0
    while len(LETTERS) - pairs + pairs * len(LETTERS) < number and pairs < len(LETTERS):
        pairs += 1
    single, first = LETTERS[: len(LETTERS) - pairs], LETTERS[len(LETTERS) - pairs :]
    return [*single, *map("".join, product(first, LETTERS))][:number]


class JumpScreen(Dialog[Callable[[], object] | None]):
    """The screen below, with labels. A letter that begins no label is refused, Backspace takes one back, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,apostrophe", "dismiss", "cancel"),
        Binding("backspace", "undo", "take the letter back"),
    ]

    def __init__(self, spots: Sequence[Spot]) -> None:
        super().__init__()
        self._spots = dict(zip(labels(len(spots)), spots, strict=False))
        self._typed = ""
        self._size_then: Size | None = None
        """that the places are for"""

    def compose(self) -> ComposeResult:
        """A label at each place."""
        for label, spot in self._spots.items():
            made = Static(label, classes="jump", markup=False)
            made.styles.offset = spot.at
            yield made

    def on_key(self, event: events.Key) -> None:
        """Take a letter; the last one of a label goes to its place."""
        letter = event.character or ""
        typed = self._typed + letter
        if not letter.isalpha() or not any(label.startswith(typed) for label in self._spots):
            return
        event.stop()
        self._typed = typed
        if (spot := self._spots.get(typed)) is not None:
            self.dismiss(spot.go)
        else:
            self._show()

    def action_undo(self) -> None:
        """Forget the letter."""
        self._typed = ""
        self._show()

    def _show(self) -> None:
        """The labels that can still be meant, without what was typed."""
        for label, made in zip(self._spots, self.query(Static), strict=True):
            made.display = label.startswith(self._typed)
            made.update(label[len(self._typed) :])

    def on_resize(self, event: events.Resize) -> None:
        """The places are no longer where they were."""
        if self._size_then not in (None, event.size):
            self.dismiss(None)
        self._size_then = event.size
