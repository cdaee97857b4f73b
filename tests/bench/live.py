# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory of the dashboard while a VM process sends it Frames of a million rows."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from tests.bench.dashboard import MEMORY_MB, ROWS, forget_peak, resident
from tests.bench.measure import heading, row
from vptop.source.live import LiveSource
from vptop.ui.app import VptopApp
from vptop.ui.start import settle

FRAMES = 5
"""They are looked at when there are all rows; the memory of the worst counts."""
STEP = 16
"""Rows that a firing updates."""
LOOK = 0.02
"""Seconds between two looks at whether a Frame has come."""
PATIENCE = 600
"""Seconds after which there are no more Frames."""
VALUES = {"that are counted": "1", "of 64-bit values, each another": "(* TSC (+ RSP n))"}


def script(value: str) -> str:
    """Updates that many rows, one after the other, over and over again."""
    updates = "".join(f"  (aggr rows ((+ n {at})) () {value})\n" for at in range(STEP))
    return f"(defaggr rows 1 0)\n(definteger n)\n(vprobe USEC:2\n{updates}  (setint n (% (+ n {STEP}) {ROWS})))\n"


async def _peak(value: str) -> float:
    app = VptopApp(LiveSource({"live.vp": script(value)}))
    ring, peak = app.session.timeline.ring, 0.0
    async with app.run_test(size=(120, 40)) as pilot, asyncio.timeout(PATIENCE):
        await pilot.press("2")
        seen = full = 0
        while full < FRAMES:
            await pilot.pause(LOOK)
            if ring.end == seen:
                continue
            seen, newest = ring.end, ring.get(ring.end - 1)
            if newest is not None and any(len(data) == ROWS for data in newest.aggregates.values()):
                full, peak = full + 1, max(peak, resident("VmHWM"))
            forget_peak()
    return peak


def _measured(value: str) -> float:
    settle()
    return asyncio.run(_peak(value))


def live() -> None:
    """Print the most memory that the dashboard needs; in processes of their own, so that it can be told."""
    heading(f"the dashboard while Frames of {ROWS:,} rows arrive from a VM process")
    for name, value in VALUES.items():
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
            memory = one.submit(_measured, value).result() * (1 << 20) / 1e6
        row(f"rows {name}", f"{memory:.0f} MB", f"<= {MEMORY_MB:.0f} MB", memory <= MEMORY_MB)


if __name__ == "__main__":
    live()
