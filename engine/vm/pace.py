# SPDX-License-Identifier: GPL-2.0-or-later
"""Pacing: one guest second per wall second, as far as the host can."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

BACKLOG = 1.0
"""Seconds of lateness that the guest may catch up; more is given up: it shows in the speed, not in the lag."""


HEAD_START = 1.0
"""Guest seconds after the start that run as fast as possible."""


class Pace:
    """Tells how much guest time is due, and how late the guest is."""

    def __init__(self, clock: Callable[[], float] = monotonic, begin: float = 0.0) -> None:
        """`begin`: guest time at which the machine begins."""
        self._clock = clock
        self._begin = begin
        self._zero = 0.0
        """wall time at which guest time 0 was due"""

    def resync(self, guest_seconds: float) -> None:
        """Start pacing from this guest time: after power-on and after a pause.

        The rest of the first second is due at once, so that there is something to see.
        """
        self._zero = self._clock() - max(guest_seconds, self._begin + HEAD_START)

    def due(self, guest_seconds: float) -> float:
        """Guest seconds to run now; negative: how long to sleep first. Lateness beyond BACKLOG is given up."""
        late = self._clock() - self._zero - guest_seconds
        if late > BACKLOG:
            self._zero += late - BACKLOG
            late = BACKLOG
        return late

    def behind(self, guest_seconds: float) -> float:
        """Seconds that guest time is late, without those that were given up."""
        return max(0.0, self._clock() - self._zero - guest_seconds)
