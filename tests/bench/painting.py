# SPDX-License-Identifier: GPL-2.0-or-later
"""What a second of the overview costs, and how long a key in the editor takes to be painted."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from engine.guest.linux.symbol_table import KERNEL_MAP, SymbolTable, TableSymbols
from engine.guest.symbols import Symbols
from engine.probes.frame import Row
from engine.vm.protocol import FrameMessage
from engine.vp import Prelude
from tests.bench.dashboard import Timed
from tests.bench.measure import Took, heading, slowness, time_row
from tests.vptop.ui.driving import Driven
from tests.vptop.ui.fakes import FakeSource, aggregate, frame
from vptop.source.checker import Checker
from vptop.source.checking import Surroundings, TakeFinding
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


class CheckedSource(FakeSource):
    """Checks scripts as a machine's source does."""

    def __init__(self) -> None:
        super().__init__()
        self._checker = Checker(Surroundings)

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        self._checker.check(name, source, take)

    def close(self) -> None:
        super().close()
        self._checker.close()


class Far(NamedTuple):
    """A key that changes what much of a long text is, or how much there is."""

    what: str
    name: str
    """of the script"""
    made: Callable[[int], str]
    before: tuple[str, ...]
    """keys that are pressed before it, at the start of the text"""
    key: str


FAR = (
    Far("/* at the start", "a.emt", _emmett, ("slash",), "asterisk"),
    Far("*/ behind that", "a.emt", _emmett, ("slash", "asterisk", "asterisk"), "slash"),
    Far("{ at the start", "a.emt", _emmett, (), "left_curly_bracket"),
    Far("a quote at the start", "a.emt", _emmett, (), "quotation_mark"),
    Far("a quote at the start", "a.vp", _vp, (), "quotation_mark"),
    Far("Enter at the end", "a.vp", _vp, ("ctrl+end",), "enter"),
    Far("Delete of all lines", "a.emt", _emmett, ("f7",), "delete"),
    Far("undo of that", "a.emt", _emmett, ("f7", "delete"), "ctrl+z"),
    Far("comments of all lines", "a.vp", _vp, ("f7",), "ctrl+underscore"),
)
SYMBOLS = 150_000
"""Of a Linux kernel with its modules."""
COMPLETED = (("(vprobe GUEST:ENTER:_", "_"), ("(vprobe GUEST:ENTER:vfs_", "r"))
"""What is typed before a letter, after which symbols of the guest are offered: a fifth of all, and few."""
FAR_LINES = 5000
FAR_TIMES = 5


class Typist(NamedTuple):
    """Presses keys in an editor."""

    driven: Driven
    app: Timed
    editor: EditorPane

    async def seconds(self, key: str) -> float:
        """From a key to its paint."""
        self.app.painted, begun = 0.0, time.perf_counter()
        await self.driven.pilot.press(key)
        await self.driven.until(lambda: self.app.painted)
        return self.app.painted - begun


@asynccontextmanager
async def _editor(name: str, text: str) -> AsyncIterator[Typist]:
    """The editor with a script in it."""
    source = CheckedSource()
    app = Timed(source)
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, source, pilot)
        await driven.until(lambda: bool(app.session.sources))
        await driven.press("8")
        editor = app.query_one(EditorPane)
        editor.open(name, text)
        yield Typist(driven, app, editor)


async def _far(far: Far) -> float:
    """Milliseconds from the key to its paint, the median of some."""
    text, taken = far.made(FAR_LINES), []
    async with _editor(far.name, text) as typist:
        for _ in range(FAR_TIMES):
            typist.editor.set_text(far.name, text)
            await typist.driven.until(lambda: typist.editor.places_of == text)
            await typist.driven.press("ctrl+home", *far.before)
            taken.append(await typist.seconds(far.key))
    return statistics.median(taken) * 1e3


def _symbols() -> Symbols:
    words = ("vfs", "sys", "do", "read", "write", "page", "irq", "net", "tcp", "ext4", "nvme", "sched", "rcu", "lock")
    names = (f"{'__' * (at % 5 == 0)}{words[at % 14]}_{words[at // 14 % 14]}_{at}" for at in range(SYMBOLS))
    table = SymbolTable.of((KERNEL_MAP + 64 * at, "t", name) for at, name in enumerate(names))
    return TableSymbols([table])


async def _completion(text: str, letter: str) -> float:
    """Milliseconds from a letter of a symbol to the paint of the list, the median of some."""
    taken = []
    async with _editor("a.vp", text) as typist:
        for _ in range(FAR_TIMES):
            typist.editor.prelude = Prelude("guest.vp", "", _symbols().addresses)
            typist.editor.set_text("a.vp", text)
            await typist.driven.until(lambda: typist.editor.places_of == text)
            await typist.driven.press("ctrl+end")
            taken.append(await typist.seconds(letter))
            assert typist.editor.popup.is_open
    return statistics.median(taken) * 1e3


async def _name() -> float:
    """Milliseconds from the first letter of a name behind `:` to the paint of the list, the median of some."""
    taken = []
    async with _editor("a.vp", "") as typist:
        await typist.driven.press("1")
        for _ in range(FAR_TIMES):
            typist.app.session.set_symbols(_symbols())
            await typist.driven.press("colon")
            taken.append(await typist.seconds("v"))
            await typist.driven.press("escape")
    return statistics.median(taken) * 1e3


async def _key(name: str, text: str) -> float:
    """Milliseconds from a letter typed in the middle of a text to its paint, the median of many."""
    async with _editor(name, text) as typist:
        typist.editor.goto(typist.editor.area.document.line_count // 2, 1)
        await typist.driven.pilot.pause()
        return statistics.median([await typist.seconds("x") for _ in range(KEYS)]) * 1e3


async def _at_speed(measured: Awaitable[float]) -> Took:
    """What was measured, and the speed of the host before and after it."""
    before = slowness()
    milliseconds = await measured
    return Took(milliseconds, (before + slowness()) / 2)


def painting() -> None:
    """Print both."""
    heading("the dashboard at 120×40: times of the reference host (of this one)")
    time_row(f"CPU time of a second of the overview, {ROWS:,} rows", asyncio.run(_at_speed(_second())), FRAME_MS)
    for name, made, lines in SCRIPTS:
        key = asyncio.run(_at_speed(_key(name, made(lines))))
        time_row(f"from a key to the paint in {name}, {lines:,} lines", key, KEY_MS)
    for text, letter in COMPLETED:
        key = asyncio.run(_at_speed(_completion(text, letter)))
        time_row(f"`{letter}` after `{text.split()[-1]}`, {SYMBOLS:,} symbols", key, KEY_MS)
    time_row(f"the first letter behind `:`, {SYMBOLS:,} symbols", asyncio.run(_at_speed(_name())), KEY_MS)
    for far in FAR:
        time_row(f"{far.what} in {far.name}, {FAR_LINES:,} lines", asyncio.run(_at_speed(_far(far))), KEY_MS)


if __name__ == "__main__":
    painting()
