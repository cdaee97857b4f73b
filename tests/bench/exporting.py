# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the screen stands still while the dashboard exports an aggregate of many rows, and the memory that takes.

`python -m tests.bench.exporting [ROWS]`
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

from engine.vm.protocol import FrameMessage
from tests.bench.dashboard import forget_peak, large, resident
from tests.bench.lag import TICK, Lag
from tests.bench.measure import Took, heading, row, slowness, time_row
from tests.vptop.ui.driving import Driven
from tests.vptop.ui.fakes import FakeSource, frame
from vptop.ui.app import VptopApp
from vptop.ui.dialogs.export import ExportScreen
from vptop.ui.exporting import Export
from vptop.ui.start import settle

ROWS = 1_000_000
LAG_MS = 50.0
MEMORY_MIB = 100.0
"""What an export may add to the process, and have in its own beside what both share."""
LOOK = 0.02
"""Seconds between two looks at the memory of the process that makes the export."""
PATIENCE = 600
IDLE = 1.0
"""Seconds without an export, which show how long the host itself lets the screen wait."""


class Apart:
    """The most memory of its own that the process of an export has had."""

    def __init__(self) -> None:
        self.most = 0.0

    async def watch(self, pid: int) -> None:
        """Look until it ends."""
        with suppress(OSError):
            while True:
                self.most = max(self.most, await asyncio.to_thread(_private, pid))
                await asyncio.sleep(LOOK)


def _private(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Private_"))


async def _exports(rows: int, view: str) -> list[tuple[str, Took, float, float]]:
    source, lag = FakeSource(), Lag()
    app = VptopApp(source)
    found: list[tuple[str, Took, float, float]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await driven.until(lambda: bool(app.session.sources))
        await driven.press(view)
        for second in (1, 2, 3):
            source.send(FrameMessage(frame(second, aggregates={"running": large(second, rows)})))
            await driven.until(lambda: (shown := app.session.timeline.shown) and shown.frame == second)  # noqa: B023
        await pilot.pause(1)
        watching = asyncio.create_task(lag.watch())
        with tempfile.TemporaryDirectory() as folder:
            await asyncio.sleep(0.1)
            lag.take()
            await asyncio.sleep(IDLE)
            found.append(("nothing", Took(lag.take(), slowness()), IDLE, 0.0))
            await asyncio.sleep(0.1)
            lag.take()
            app.action_export()
            await asyncio.sleep(0.3)
            found.append(("open the dialog", Took(lag.take(), slowness()), 0.0, 0.0))
            screen = app.screen
            assert isinstance(screen, ExportScreen)
            choices = screen._choices
            screen.dismiss(None)
            await asyncio.sleep(0.3)
            for choice in choices:
                gc.collect()
                forget_peak()
                before = resident("VmRSS")
                await asyncio.sleep(0.1)
                lag.take()
                begun, apart = time.perf_counter(), Apart()
                app._export(Export(choice, Path(folder) / f"file{choice.suffix}"))
                assert app.exporter._rendering is not None
                looking = asyncio.create_task(apart.watch(app.exporter._rendering.pid))
                while app.exporter.running is not None and time.perf_counter() - begun < PATIENCE:
                    await asyncio.sleep(TICK)
                seconds = time.perf_counter() - begun
                await asyncio.sleep(0.05)
                await looking
                took = Took(lag.take(), slowness())
                found.append((choice.title, took, seconds, resident("VmHWM") - before + apart.most))
        lag.ended = True
        await watching
    return found


def _measured(rows: int, view: str) -> list[tuple[str, Took, float, float]]:
    settle()
    return asyncio.run(_exports(rows, view))


def exporting(rows: int = ROWS, view: str = "2") -> None:
    """Print what each format takes; in a process of its own, so that its memory can be told."""
    heading(f"exports of an aggregate of {rows:,} rows: times of the reference host (of this one)")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
        found = one.submit(_measured, rows, view).result()
    for name, took, seconds, memory in found:
        time_row(f"{name}: the screen stands still ({seconds:.1f} s)", took, LAG_MS)
        row(f"{name}: memory", f"{memory:.0f} MiB", f"<= {MEMORY_MIB:.0f} MiB", memory <= MEMORY_MIB)


if __name__ == "__main__":
    exporting(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2] if len(sys.argv) > 2 else "2")
