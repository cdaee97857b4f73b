# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.ui.views.irq import IrqPanel


def test_the_top_follows_the_frames() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        await d.shows("Σ 7 processes")
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
        await d.shows("176.0")
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


def test_tree_and_matrix() -> None:
    rows = [ones((32,), ("kworker/0:1",), 5), ones((46,), ("kworker/1:0",), 3), ones((46,), ("sshd",), 2)]

    async def test(d: Driven) -> None:
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate(rows)})))
        await d.press("3", "t")
        await d.shows("▶ kworker/*")
        await d.press("right", "down", "right")
        assert "    ▶ kworker/1:0" in d.screen() or "  ▼ kworker/0:1" in d.screen()
        assert "0x20 timer" in d.screen()
        await d.press("left", "left", "left")
        assert "0x20 timer" not in d.screen()
        await d.press("t")
        assert "‹matrix›" in d.screen()
        panel = d.app.query_one("#irq-table", IrqPanel)
        drawn = [segment for y in range(panel.size.height) for segment in panel.render_line(y)]
        grounds = [segment.style.bgcolor for segment in drawn if segment.style and segment.text.strip() == "5.0"]
        assert panel.palette.heat_text[-1].bgcolor in grounds
        assert next(line for line in d.screen().splitlines() if "Σ" in line).split()[-3:-1] == ["5.0", "5.0"]

    drive(test)


def test_spans_sum_the_seconds() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "w")
        await d.shows("10 s")
        counts = [int(line.split()[3]) for line in d.screen().splitlines() if " cruncher " in line]
        assert counts == [81 + 82 + 83]

    drive(test)


def _processes(d: Driven) -> list[str]:
    known = ("idle", "cruncher", "reader", "writer", "faulter", "hanoi", "kdisk")
    words = [line.replace("▶", " ").split() for line in d.screen().splitlines()]
    return [word for line in words for word in line[1:2] if word in known]


def test_differences_from_the_baseline_and_processes_that_are_gone() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "b")
        rows = [ones((32,), ("cruncher",), 183), ones((32,), ("newcomer",), 7)]
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate(rows)})))
        await d.press("d")
        await d.shows("ΔIRQ/S")
        first = next(line for line in d.screen().splitlines() if " cruncher " in line)
        assert "▲100.0" in first
        assert "+120%" in first
        assert next(line for line in d.screen().splitlines() if " newcomer " in line).split()[3:5] == ["▲7.0", "new"]
        assert "▼87.0" in next(line for line in d.screen().splitlines() if " idle " in line), "it is gone"
        assert _processes(d)[:2] == ["cruncher", "idle"], "the largest differences come first"
        await d.press("d")
        await d.until(lambda: "ΔIRQ/S" not in d.screen())
        assert " idle " not in d.screen()

    drive(test)


def test_a_click_on_its_mark_opens_and_closes_a_line() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "t")
        await d.shows("▶ cruncher")
        lines = d.screen().splitlines()
        row = next(at for at, line in enumerate(lines) if "▶ cruncher" in line)
        place = lines[row].index("▶ cruncher"), row - 2
        await d.pilot.click("#irq-table", offset=place)
        await d.shows("0x20 timer")
        await d.pilot.click("#irq-table", offset=place)
        await d.until(lambda: "0x20 timer" not in d.screen())

    drive(test)
