# SPDX-License-Identifier: GPL-2.0-or-later
"""For how long the user interface's loop stands still."""

from __future__ import annotations

import asyncio
import time

TICK = 0.001


class Lag:
    """The longest time for which the loop did nothing else."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.ended = False

    async def watch(self) -> None:
        """Look at the clock as often as the loop lets us."""
        before = time.perf_counter()
        while not self.ended:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.worst, before = max(self.worst, now - before - TICK), now

    def take(self) -> float:
        """Milliseconds since the last call."""
        worst, self.worst = self.worst * 1e3, 0.0
        return worst
