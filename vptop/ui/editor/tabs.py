# SPDX-License-Identifier: GPL-2.0-or-later
"""A line with the scripts that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from vptop.model.plain import clean
from vptop.ui.render.fit import Piece, strip, width_of
from vptop.ui.widgets.chrome import Bar

GLYPHS = {"runs": "●", "draft": "✎", "new": "○"}
"""A script that runs as it stands here, one with changes that do not run, and one that was never loaded."""


@dataclass(frozen=True, slots=True)
class ScriptTab:
    """One script."""

    name: str
    state: str
    """a key of GLYPHS"""


class ScriptTabs(Bar):
    """The scripts, the edited one highlighted; a click opens one."""

    class Chosen(Message):
        """The person wants this script."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="script-tabs")
        self._tabs: Sequence[ScriptTab] = ()
        self._active = ""
        self._places: list[tuple[int, int, str]] = []

    def show(self, tabs: Sequence[ScriptTab], active: str) -> None:
        """Draw these; a single script needs no line."""
        self._tabs, self._active = tabs, active
        self.display = len(tabs) > 1
        self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """The only line. Where it is too narrow for all, the scripts around the edited one are shown."""
        labels = [f" {GLYPHS[tab.state]} {clean(tab.name).rsplit('/', 1)[-1]} " for tab in self._tabs]
        active = next((index for index, tab in enumerate(self._tabs) if tab.name == self._active), 0)
        first = 0
        while first < active and sum(map(width_of, labels[first : active + 1])) > width:
            first += 1
        pieces: list[Piece] = []
        self._places = []
        left = 0
        for tab, label in zip(self._tabs[first:], labels[first:], strict=True):
            style = self.palette.cursor if tab.name == self._active else self.palette.dim
            pieces.append((label, style))
            self._places.append((left, left + width_of(label), tab.name))
            left += width_of(label)
        return strip(pieces, width)

    def on_click(self, event: events.Click) -> None:
        """Open the script under the mouse."""
        for left, right, name in self._places:
            if left <= event.x < right:
                self.post_message(self.Chosen(name))
