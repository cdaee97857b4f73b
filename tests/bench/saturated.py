# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard beside a VM process that cannot keep up: no Frame may be missed, and the screen must not stand still.

`python -m tests.bench.saturated [SECONDS]`; `make bench` runs it for a minute.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time

from tests.bench.measure import Took, heading, row, slowness, time_row
from vptop.source.live import LiveSource
from vptop.ui.app import VptopApp
from vptop.ui.start import settle

SECONDS = 60.0
SIZE = (120, 40)
TICK = 0.005
"""Seconds that the screen's thread sleeps between two looks at how late it is."""
SETTLED = 3
"""Frames after which it is measured: the screen is there then."""
STANDSTILL_MS = 100.0
SCRIPT = """
(defaggr stacks 1 2)
(defstring stack)
(definteger n)
(vprobe USEC:2
  (gueststack stack)
  (setint n (+ n 1))
  (aggr stacks ((& n 255)) ((curprocname) stack) 1))
(vprobe VMM1Hz (logaggr stacks) (clearaggr stacks))
"""
"""So much to do that the guest falls behind real time, and more than ten thousand rows a second, which are printed."""


async def _watch(seconds: float) -> dict[str, float]:
    app = VptopApp(LiveSource({"busy.vp": SCRIPT}))
    late: list[float] = []
    async with app.run_test(size=SIZE) as pilot:
        ring = app.session.timeline.ring
        while len(ring) < SETTLED:
            await pilot.pause(TICK)
        end = time.monotonic() + seconds
        while (before := time.monotonic()) < end:
            await asyncio.sleep(TICK)
            late.append(time.monotonic() - before - TICK)
        kept = [frame for frame in map(ring.get, range(ring.first, ring.end)) if frame is not None]
        first = ring.first
        host = slowness()  # beside the VM process, as what was measured
    return {
        "frames": first + len(kept),
        "missed": kept[-1].frame - kept[0].frame + 1 - len(kept) + app.session.folded,
        "rows": max(sum(data.rows for data in frame.aggregates.values()) for frame in kept),
        "speed": (kept[-1].guest_seconds - kept[0].guest_seconds) / (kept[-1].wall_seconds - kept[0].wall_seconds),
        "late": max(late) * 1e3,
        "slowness": host,
    }


def saturated(seconds: float = SECONDS) -> None:
    """Print how many Frames were missed and how long the screen stood still."""
    heading(f"the dashboard for {seconds:g} s beside a VM process that cannot keep up")
    settle()
    gc.freeze()  # as the program does with what it has imported
    found = asyncio.run(_watch(seconds))
    row("guest time to real time", f"{found['speed']:.2f}", "< 1", found["speed"] < 1)
    row("Frames", f"{found['frames']:.0f}, up to {found['rows']:,.0f} rows")
    row("Frames missed", f"{found['missed']:.0f}", "0", found["missed"] == 0)
    time_row("longest standstill of the screen", Took(found["late"], found["slowness"]), STANDSTILL_MS)


if __name__ == "__main__":
    saturated(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
