# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of a panel as text for the clipboard, drawn a few milliseconds at a time: the screen stays live."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from vptop.ui.exporting import MOST_COPIED

TURN = 0.01
"""Seconds of drawing after which keys and Frames get their turn."""


class Copying:
    """Lines that are drawn as time permits.

    Args:
        lines: draws them.
        heading: of the panel.
        rows: how many there are.
    """

    def __init__(self, lines: Iterator[str], heading: str, rows: int) -> None:
        self.heading = heading
        self.rows = rows
        self._lines = lines
        self._drawn: list[str] = []
        self.characters = 2 * rows if 2 * rows > MOST_COPIED else 0
        """of what was drawn; of more rows than can be copied anyhow, as many as they have at least"""

    @property
    def is_too_long(self) -> bool:
        """A terminal does not take so much."""
        return self.characters > MOST_COPIED

    @property
    def text(self) -> str:
        """What was drawn."""
        return "".join(self._drawn)

    def go_on(self, seconds: float = TURN) -> bool:
        """Draw for so long. Returns whether that was all, or all that can be copied."""
        until = monotonic() + seconds
        while not self.is_too_long:
            line = next(self._lines, None)
            if line is None:
                return True
            self._drawn.append(f"{line}\n")
            self.characters += len(line) + 1
            if monotonic() > until:
                return False
        return True
