# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones


def test_the_top_follows_the_frames() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        await d.shows("292.0 irq/s")
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate([ones((32,), ("newcomer",), 777)])})))
        await d.shows("newcomer")
        await d.shows("777.0")

    drive(test)


def test_busy_vectors_keep_their_columns() -> None:
    """Those that interrupt seldom go first where there is little room."""
    rows = [ones((vector,), ("swapper",), count) for vector, count in ((33, 1), (36, 2), (40, 3), (43, 90), (46, 80))]

    async def test(d: Driven) -> None:
        for second in (4, 5):
            d.source.send(FrameMessage(frame(second, aggregates={"running": aggregate(rows)})))
        await d.shows("176.0 irq/s")
        heading = next(line for line in d.screen().splitlines() if "IRQ/S" in line)
        assert "NETWORK" in heading
        assert "KEYBOARD" not in heading

    drive(test, (120, 40))


def test_sort_by_another_column_and_reverse() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "comma")
        names = _processes(d)
        await d.press("r")
        assert _processes(d) == names[::-1]

    drive(test)


def _processes(d: Driven) -> list[str]:
    known = ("idle", "cruncher", "reader", "writer", "faulter", "hanoi", "kdisk")
    words = [line.replace("▶", " ").split() for line in d.screen().splitlines()]
    return [word for line in words for word in line[1:2] if word in known]
