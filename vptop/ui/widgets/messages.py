# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences beside the panels, in as many lines as they need: the view gives way."""

from __future__ import annotations

from time import monotonic

from textual.geometry import Size
from textual.strip import Strip

from vptop.model.plain import clean
from vptop.ui.render.fit import Piece, strip, width_of, wrapped
from vptop.ui.widgets.chrome import Bar

MOST_LINES, SHARE = 3, 5
"""A text has at most so many lines, and a line for so many of the screen."""
READ_SECONDS = 5.0
"""After which a warning has been read."""


def most_lines(screen: Size) -> int:
    """Lines that a text beside the panels may take on a screen of this size."""
    return max(1, min(MOST_LINES, screen.height // SHARE))


class MessageBar(Bar):
    """The last thing worth saying."""

    def __init__(self) -> None:
        super().__init__(id="message")
        self.add_class("-quiet")
        self.text = ""
        self._severity = ""
        self._said = 0.0
        """when, in seconds of the clock"""
        self._lines = [""]

    def say(self, text: str, severity: str = "") -> None:
        """Show a text. Severity is `good`, `warn`, `bad` or nothing."""
        self.text, self._severity, self._said = clean(text), severity, monotonic()
        self.set_class(not text or not severity, "-quiet")
        self.wrap(self.app.size)
        self.redraw()

    def leave(self) -> None:
        """The view changes: only errors stay, and warnings that are new."""
        new = monotonic() - self._said < READ_SECONDS
        if self._severity != "bad" and not (self._severity == "warn" and new):
            self.say("")

    def wrap(self, screen: Size) -> None:
        """Take as many lines as the text needs on a screen of this size."""
        self._lines = wrapped(self.text, screen.width - width_of(self._mark) - 1, most_lines(screen))
        self.styles.height = len(self._lines)

    @property
    def _mark(self) -> str:
        return {"good": " ● ", "warn": " ▲ ", "bad": " ✗ "}.get(self._severity, " ")

    def line(self, y: int, width: int) -> Strip:
        """One of the lines, with the mark of the severity before the first."""
        style = {"good": self.palette.good, "warn": self.palette.warn, "bad": self.palette.bad}.get(
            self._severity, self.palette.dim
        )
        mark = " " * width_of(self._mark) if y else self._mark
        text = self._lines[y] if y < len(self._lines) else ""
        return strip([(mark, style), (text, style if self._severity == "bad" else self.palette.text)], width)


class Banner(Bar):
    """Says that the VM is gone, why, and what to press."""

    def __init__(self) -> None:
        super().__init__(id="banner")
        self._reason = ""
        self._detail: list[str] = []
        self._lines: list[list[Piece]] = []

    def show(self, reason: str, detail: str = "", *, rows: bool = True) -> None:
        """Show the reason and the last lines the process wrote; an empty reason hides the banner.

        Args:
            reason: why the VM is gone.
            detail: what its process wrote to its error output.
            rows: a second is on screen, and stays there.
        """
        stays = " The last second stays on screen." if rows else ""
        self._reason = f"{clean(reason)}.{stays}"
        self._detail = [clean(line) for line in detail.strip().splitlines()][-3:]
        self.display = bool(reason)
        self.wrap(self.app.size)
        self.redraw()

    def wrap(self, screen: Size) -> None:
        """Take as many lines as the reason needs on a screen of this size."""
        marks = " ✗ ", "   "
        reason = wrapped(self._reason, screen.width - width_of(marks[0]), most_lines(screen))
        self._lines = [
            *([(marks[y > 0], self.palette.bad), (text, self.palette.bad)] for y, text in enumerate(reason)),
            *([(f"   {line}", self.palette.dim)] for line in self._detail),
            [
                ("   Enter", self.palette.sorted),
                (" starts the machine again, ", self.palette.text),
                ("q", self.palette.sorted),
                (" quits; ", self.palette.text),
                ("Esc", self.palette.sorted),
                (" leaves a text first", self.palette.text),
            ],
        ]
        self.styles.height = len(self._lines)

    def line(self, y: int, width: int) -> Strip:
        """Reason, last words, what to do."""
        return strip(self._lines[y] if y < len(self._lines) else [], width)
