# SPDX-License-Identifier: GPL-2.0-or-later
"""What each view looks like, with its styles: see `golden.py`."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from tests.vptop.ui import golden
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views import VIEWS

WIDE, SMALL, TINY = (120, 40), (80, 24), (40, 10)
CASES = {
    **{f"{view.id}-{width}x{height}": ((width, height), (str(digit),)) for digit, view in enumerate(VIEWS, start=1)
       for width, height in (WIDE, SMALL)},
    "overview-40x10": (TINY, ("1",)),
    "aggregates-40x10": (TINY, ("2",)),
    "aggregates-compared": (WIDE, ("2", "b", "d")),
    "irq-tree": (WIDE, ("3", "t")),
    "latency-frozen": (SMALL, ("4", "space", "left_square_bracket")),
}  # fmt: skip
"""The name of a golden file: the size of the terminal, and the keys that lead there."""

LAST = 19
"""The second that is shown."""


@pytest.mark.parametrize("name", CASES)
def test_the_view_looks_as_drawn(name: str) -> None:
    size, keys = CASES[name]

    async def test(d: Driven) -> None:
        await d.frames(*range(4, LAST + 1))
        for key in keys:
            await d.press(key)
        await d.pilot.pause()
        golden.check(d, name, d.app.query_one("#views").region)

    drive(test, size)


@pytest.mark.parametrize(("name", "size"), [("screen-120x40", WIDE), ("screen-40x10", TINY)])
def test_the_whole_screen_looks_as_drawn(name: str, size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        await d.frames(*range(4, LAST + 1))
        await d.until(lambda: (panel := d.app.panel) and panel.moment and panel.moment.frame.frame == LAST)
        await d.pilot.pause()
        golden.check(d, name, Region(0, 0, *size))

    drive(test, size)
