# SPDX-License-Identifier: GPL-2.0-or-later
"""For how long the screen stands still when a Frame of a million rows comes, whichever view is shown."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from engine.vm.protocol import FrameMessage
from tests.bench.dashboard import MEASUREMENTS, ROWS, Measurement
from tests.bench.lag import Lag
from tests.bench.measure import Took, heading, slowness, time_row
from tests.vptop.ui.driving import Driven
from tests.vptop.ui.fakes import FakeSource, frame
from vptop.ui.app import VptopApp
from vptop.ui.start import settle
from vptop.ui.views import VIEWS

LAG_MS = 50.0
TURNS = 3
"""Frames in each view; the best counts, after one that is not measured."""
AFTER = 0.7
"""Seconds in which all work on a Frame ends."""


async def _lags(which: Measurement) -> dict[str, Took]:
    source, lag, second = FakeSource(), Lag(), 0
    app = VptopApp(source)
    found: dict[str, Took] = {}
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await which.loaded(driven)
        watching = asyncio.create_task(lag.watch())
        for digit, view in enumerate(VIEWS, 1):
            await driven.press(str(digit))
            turns, slow = [], slowness()
            for _ in range(1 + TURNS):
                second += 1
                made = FrameMessage(frame(second, aggregates={which.aggregate: which.make(second)}))
                gc.collect()
                await pilot.pause(0.1)
                lag.take()
                await asyncio.to_thread(source.send, made)  # a source has a thread of its own
                del made
                await driven.until(lambda: (shown := app.session.timeline.shown) and shown.frame == second)  # noqa: B023
                await asyncio.sleep(AFTER)
                turns.append(lag.take())
            found[view.title] = Took(min(turns[1:]), (slow + slowness()) / 2)
        lag.ended = True
        await watching
    return found


def _measured(name: str) -> dict[str, Took]:
    settle()
    return asyncio.run(_lags(MEASUREMENTS[name]))


def standstills() -> None:
    """Print the worst view for each kind of aggregate."""
    heading(f"the screen stands still when a Frame of {ROWS:,} rows comes: reference host (this one)")
    for name in MEASUREMENTS:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
            found = one.submit(_measured, name).result()
        worst = max(found, key=lambda view: found[view].reference)
        time_row(f"{name}, in {worst}", found[worst], LAG_MS)


if __name__ == "__main__":
    standstills()
