# SPDX-License-Identifier: GPL-2.0-or-later
"""What a second of the overview costs, and how long a key in the editor takes to be painted."""

from __future__ import annotations

import asyncio
import statistics
import time

from engine.probes.frame import Row
from engine.vm.protocol import FrameMessage
from tests.bench.dashboard import Timed
from tests.bench.measure import heading, row
from tests.vptop.ui.driving import Driven
from tests.vptop.ui.fakes import FakeSource, aggregate, frame
from vptop.ui.app import VptopApp
from vptop.ui.editor import EditorPane

ROWS = 1000
FRAMES = 30
FRAME_MS = 80.0
KEYS = 30
KEY_MS = 30.0


def many(second: int) -> list[Row]:
    """A thousand rows that go on counting."""
    return [Row((at,), (f"process-{at}",), second * (1 + at % 97), 4, 1, at, 3) for at in range(ROWS)]


async def _second() -> float:
    """CPU milliseconds of the overview for one Frame, the median of many."""
    source = FakeSource()
    app = VptopApp(source)
    spent = []
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await driven.until(lambda: bool(app.session.sources))
        for second in range(1, FRAMES + 1):
            made = FrameMessage(frame(second, aggregates={"running": aggregate(many(second))}))
            begun = time.process_time()
            source.send(made)
            await pilot.pause()
            spent.append(time.process_time() - begun)
    return statistics.median(spent) * 1e3


def _vp(lines: int) -> str:
    return "\n".join(f"(vprobe VMM1Hz (logint {at})) ; line {at}" for at in range(lines))


def _emmett(lines: int) -> str:
    return "\n".join(f"VMM1Hz {{ logint({at}); }} // line {at}" for at in range(lines))


SCRIPTS = (("a.vp", _vp, 500), ("a.vp", _vp, 5000), ("a.emt", _emmett, 5000))
"""Names, makers and numbers of lines of the scripts in which a key is measured."""


async def _key(name: str, text: str) -> float:
    """Milliseconds from a letter typed in the middle of a text to its paint, the median of many."""
    source = FakeSource()
    app = Timed(source)
    taken = []
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await driven.until(lambda: bool(app.session.sources))
        await driven.press("8")
        editor = app.query_one(EditorPane)
        editor.open(name, text)
        editor.goto(editor.area.document.line_count // 2, 1)
        await pilot.pause()
        for _ in range(KEYS):
            app.painted, begun = 0.0, time.perf_counter()
            await pilot.press("x")
            await driven.until(lambda: app.painted)
            taken.append(app.painted - begun)
    return statistics.median(taken) * 1e3


def painting() -> None:
    """Print both."""
    heading("the dashboard at 120×40")
    second = asyncio.run(_second())
    row(
        f"CPU time of a second of the overview, {ROWS:,} rows",
        f"{second:.0f} ms",
        f"<= {FRAME_MS:.0f} ms",
        second <= FRAME_MS,
    )
    for name, made, lines in SCRIPTS:
        key = asyncio.run(_key(name, made(lines)))
        row(
            f"from a key to the paint in {name}, {lines:,} lines", f"{key:.0f} ms", f"<= {KEY_MS:.0f} ms", key <= KEY_MS
        )


if __name__ == "__main__":
    painting()
