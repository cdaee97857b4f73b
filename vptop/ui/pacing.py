# SPDX-License-Identifier: GPL-2.0-or-later
"""How often the live machine is drawn."""

from __future__ import annotations

from vptop.ui.render.numbers import counted
from vptop.ui.shell import Shell
from vptop.ui.widgets.chrome import StatusBar

PERIODS = (1, 2, 5, 10, 30, 60)
"""Guest seconds that the keys choose from. A Frame comes each second, so there is nothing more often."""


class PacedShell(Shell):
    """A Shell that draws every Frame, or one of some; all are kept."""

    _pictured = -1
    """sequence number of the newest Frame when the live machine was drawn last"""

    def show_newest(self) -> None:
        """Draw the Frame that came, if one is due; the machine's health is drawn with each."""
        timeline = self.session.timeline
        newest = timeline.ring.end - 1
        if not timeline.live or newest - self._pictured >= self.session.refresh:
            self._pictured = newest
            self.show_moment()
        else:
            self.query_one(StatusBar).show(self.session.moment(), self.health)

    def action_slower(self) -> None:
        """Draw less often."""
        self._refresh_after(next((one for one in PERIODS if one > self.session.refresh), PERIODS[-1]))

    def action_faster(self) -> None:
        """Draw more often."""
        self._refresh_after(next((one for one in reversed(PERIODS) if one < self.session.refresh), PERIODS[0]))

    def _refresh_after(self, seconds: int) -> None:
        self.session.refresh = seconds
        every = "second" if seconds == 1 else counted(seconds, "second")
        least = ", as often as the machine tells what it counted" if seconds == PERIODS[0] else ""
        self.say(f"a new picture every {every}{least}")
        self.show_moment()
