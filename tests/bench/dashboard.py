# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard over aggregates of a million rows: from a key to the paint, and memory."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.bench.measure import Took, heading, row, slowness, time_row
from tests.vptop.ui.driving import Driven
from tests.vptop.ui.fakes import FakeSource, frame
from vptop.model.columns import Integers, pack
from vptop.model.rows import Indices
from vptop.ui.app import VptopApp
from vptop.ui.start import settle
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.irq import IrqPanel
from vptop.ui.views.latency_keys import PerKeyPanel
from vptop.ui.widgets.lines import LinePanel

ROWS = 1_000_000
KEY_MS = 50.0
MEMORY_MB = 300.0
"""In each view, when as many Frames are kept as there is room for."""
TURNS = 3
"""Times that each key is usually pressed; the median counts."""


class Press(NamedTuple):
    """A key, and those that make the panel ready for it and put it back."""

    what: str
    key: str
    back: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    turns: int = TURNS
    """times that it is pressed"""


FILTERING = (
    Press("open the filter", "slash", ("escape",)),
    Press("a letter of the filter", "7", ("escape",), ("slash",)),
)
KEYS = (
    Press("down a page", "pagedown", ("pageup",)),
    Press("last row", "G", ("g",)),
    Press("first row", "g", before=("G",)),
    Press("sort by the next column", "full_stop", ("comma",)),
    Press("reverse", "r", ("r",)),
    Press("sort by the previous column", "comma", before=("full_stop",)),
    *FILTERING,
)
SPAN = Press("counts of 10 s", "w", ("w", "w", "w"))
IRQ_KEYS = (
    SPAN,
    Press("down a page", "pagedown", ("pageup",)),
    Press("last row", "G", ("g",)),
    Press("sort by the next column", "full_stop", ("comma",)),
    Press("reverse", "r", ("r",)),
    Press("as a tree, for the first time", "t", ("t", "t"), turns=1),
    Press("as a tree", "t", ("t", "t")),
    Press("as a matrix", "t", ("t",), ("t",)),
    *FILTERING,
)
LATENCY_KEYS = (
    SPAN,
    Press("counts a second", "S", ("S",)),
    Press("the next panel", "tab", ("shift+tab",)),
    Press("percentiles over time", "t", ("t",)),
    *FILTERING,
)


@dataclass(frozen=True)
class Measurement:
    """Keys pressed in a view over large Frames."""

    what: str
    """the rows are"""
    view: str
    """the key that shows it"""
    panel: str
    """selects the panel"""
    aggregate: str
    """its name"""
    keys: Sequence[Press]
    """pressed there"""
    make: Callable[[int], AggregateData]
    """the aggregate at a second"""
    done: Callable[[Any], bool]
    """the panel shows everything that it will show"""
    script: str = ""
    """says what the keys are"""

    async def loaded(self, driven: Driven) -> None:
        """The dashboard has begun, and knows the script."""
        await driven.until(lambda: bool(driven.app.session.sources))
        if self.script:
            driven.app.session.set_source("vptop.vp", self.script)


def large(
    second: int, rows: int = ROWS, keys: Sequence[Integers] = (), texts: tuple[Indices, bytes] | None = None
) -> AggregateData:
    """So many rows that go on counting, keyed by these numbers, or those of the rows, and a name.

    Args:
        second: that of the Frame.
        rows: how many.
        keys: integer keys, column by column.
        texts: where the names are in an arena, and that; some thousand without.
    """
    numbers = np.arange(rows, dtype=np.uint64)
    counts = (numbers * np.uint64(2654435761) % np.uint64(1000) + np.uint64(1)) * np.uint64(second)
    if texts is None:
        names = [b"process-%d" % at for at in range(4096)]
        places = np.cumsum([1, *(len(name) + 1 for name in names[:-1])], dtype=np.uint32)
        texts = places[np.arange(rows) % len(names)], b"\0" + b"".join(name + b"\0" for name in names)
    one = np.ones(rows, np.uint64)
    values = counts, counts * np.uint64(40), one, numbers % np.uint64(7919), one * np.uint64(3), one * np.uint64(0)
    keys = keys or [numbers]
    return AggregateData(len(keys), 1, pack(rows, [*keys, texts[0], *values]), texts[1])


def named(second: int) -> AggregateData:
    """So many rows that go on counting, keyed by 7 numbers and as many names."""
    names = b"".join(b"key-%07d\0" % at for at in range(ROWS))
    places = np.arange(1, 1 + len(names), len(names) // ROWS, dtype=np.uint32)
    numbers = np.arange(ROWS, dtype=np.uint64) % np.uint64(7)
    return large(second, keys=[numbers], texts=(places, b"\0" + names))


def interrupts(second: int) -> AggregateData:
    """So many rows, keyed by 256 vectors and 4,096 processes, cleared each second."""
    vectors = np.arange(ROWS, dtype=np.uint64) // np.uint64(4096) % np.uint64(256)
    return msgspec.structs.replace(large(second, keys=[vectors]), logged=True)


def numbered_processes(second: int) -> AggregateData:
    """So many rows, keyed by 256 vectors and as many processes with numbers and parents, each second in another order.

    They are cleared each second.
    """
    pids = np.roll(np.arange(1, ROWS + 1, dtype=np.uint64), second * 4096)
    keys = [pids % np.uint64(256), pids, pids // np.uint64(3)]
    return msgspec.structs.replace(large(second, keys=keys), logged=True)


def latencies(second: int) -> AggregateData:
    """So many rows, keyed by 32 buckets and 4,096 processes, cleared each second."""
    buckets = np.uint64(1) << (np.arange(ROWS, dtype=np.uint64) // np.uint64(4096) % np.uint64(32))
    return msgspec.structs.replace(large(second, keys=[buckets]), logged=True)


class Timed(VptopApp):
    """Remembers when the screen was painted first after a key."""

    painted = 0.0

    def post_display_hook(self) -> None:
        """Textual has written a screen, or a part of one."""
        self.painted = self.painted or time.perf_counter()


def resident(field: str) -> float:
    """A size of this process in MiB: VmRSS, or VmHWM, the most since `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def forget_peak() -> None:
    """What was needed to make up Frames is no memory of the dashboard."""
    Path("/proc/self/clear_refs").write_text("5")


TABLE = Measurement(
    "an aggregate",
    "2",
    "#aggregate-table",
    "running",
    KEYS,
    large,
    lambda it: (len(it.rows) == ROWS or bool(it.filter)) and "selecting" not in it.status(),
)
NAMED = Measurement(
    "an aggregate of different names",
    "2",
    "#aggregate-table",
    "running",
    [Press("group by the number", "K", ("K", "K")), Press("group by the name", "K", ("K",), ("K",))],
    named,
    lambda it: bool(it.rows) and "selecting" not in it.status(),
)
IRQ = Measurement(
    "interrupts",
    "3",
    "#irq-table",
    "running",
    IRQ_KEYS,
    interrupts,
    lambda it: bool(it.rows) and not it.counting,
)
PROCESSES = dataclasses.replace(
    IRQ,
    what="interrupts by process number",
    make=numbered_processes,
    script="; @view running as=top keys=irq:hex,pid:dec,parent:dec,process\n(defaggr running 3 1)\n",
)
LATENCY = Measurement(
    "latencies",
    "4",
    "#latency-keys",
    "latency_us",
    LATENCY_KEYS,
    latencies,
    lambda it: bool(it.rows) and "counting" not in it.status(),
)
MEASUREMENTS = {it.what: it for it in (TABLE, NAMED, IRQ, PROCESSES, LATENCY)}
PANELS: Mapping[str, type[LinePanel[Any]]] = {"2": AggregatePanel, "3": IrqPanel, "4": PerKeyPanel}


def shows(app: VptopApp, panel: LinePanel[Any], second: int) -> bool:
    """The panel shows that second."""
    shown = app.session.timeline.shown
    return bool(shown and shown.frame == second and panel.moment is not None and panel.moment.frame is shown)


async def _keys(which: Measurement) -> tuple[dict[str, Took], float]:
    """What each key took, and the most memory in MiB."""
    source = FakeSource()
    app = Timed(source)
    found: dict[str, Took] = {}
    peak = 0.0
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await which.loaded(driven)
        await driven.press(which.view)
        panel = app.query_one(which.panel, PANELS[which.view])
        second = 0
        while not app.session.timeline.ring.first:  # until it is full
            second += 1
            made = FrameMessage(frame(second, aggregates={which.aggregate: which.make(second)}))
            gc.collect()
            forget_peak()
            source.send(made)
            del made
            await driven.until(lambda: shows(app, panel, second) and which.done(panel))  # noqa: B023 - called at once
            peak = max(peak, resident("VmHWM"))
        forget_peak()
        for press in which.keys:
            turns = [await _pressed(driven, press, panel, which.done) for _ in range(press.turns)]
            found[press.what] = sorted(turns, key=lambda took: took.reference)[press.turns // 2]
    return found, max(peak, resident("VmHWM"))


async def _pressed(driven: Driven, press: Press, panel: LinePanel[Any], done: Callable[[Any], bool]) -> Took:
    """From the key to its paint; the panel is as it was then."""
    app = driven.app
    assert isinstance(app, Timed)
    for key in press.before:
        await driven.press(key)
        await driven.until(lambda: done(panel))
    slow = slowness()
    app.painted, begun = 0.0, time.perf_counter()
    await driven.press(press.key)
    await driven.until(lambda: app.painted)
    took = Took((app.painted - begun) * 1e3, slow)
    for key in ("", *press.back):
        if key:
            await driven.press(key)
        await driven.until(lambda: done(panel))
    return took


def _measured(what: str) -> tuple[dict[str, Took], float]:
    settle()
    return asyncio.run(_keys(MEASUREMENTS[what]))


def dashboard(*wanted: str) -> None:
    """Print what keys take; in processes of their own, so that their memory can be told."""
    for what in wanted or MEASUREMENTS:
        heading(f"the dashboard over {what} of {ROWS:,} rows: times of the reference host (of this one)")
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
            found, mebibytes = one.submit(_measured, what).result()
        memory = mebibytes * (1 << 20) / 1e6
        for name, took in found.items():
            time_row(name, took, KEY_MS)
        row("most memory of the process", f"{memory:.0f} MB", f"<= {MEMORY_MB:.0f} MB", memory <= MEMORY_MB)


if __name__ == "__main__":
    dashboard(*sys.argv[1:])
