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
"""They are looked at when there are all rows and the oldest Frames are let go; the memory of the worst counts."""
STEP = 16
"""Rows that a firing adds."""
LOOK = 0.02
"""Seconds between two looks at whether a Frame has come."""
PATIENCE = 600
"""Seconds after which there are no more Frames."""
VALUES = {"that are counted": "1", "with a value of 64 bits each": "(* TSC (+ RSP n))"}


def script(value: str) -> str:
    """Adds that many rows, and updates all of them once more."""
    updates = "".join(f" (aggr rows ((% (+ n {at}) {ROWS})) () {value})" for at in range(STEP))
    cases = f"((< n {2 * ROWS}) (do{updates} (setint n (+ n {STEP}))))"
    return f"(defaggr rows 1 0)\n(definteger n)\n(vprobe USEC:20 (cond {cases}))\n"


async def _peak(value: str) -> float:
    app = VptopApp(LiveSource({"live.vp": script(value)}))
    ring, peak = app.session.timeline.ring, 0.0
    async with app.run_test(size=(120, 40)) as pilot, asyncio.timeout(PATIENCE):
        await pilot.press("2")
        seen = full = 0  # Frames
        while full < FRAMES:
            await pilot.pause(LOOK)
            if ring.end == seen:
                continue
            seen, newest = ring.end, ring.get(ring.end - 1)
            if newest is not None and ring.first and any(len(data) == ROWS for data in newest.aggregates.values()):
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
