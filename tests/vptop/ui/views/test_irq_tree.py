# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts by process number, and processes below their parents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.shown import value_of
from vptop.model import irq, tally
from vptop.ui.views import irq_rows
from vptop.ui.views.irq import IrqPanel

SCRIPT = """; @view running as=top keys=irq:hex,pid:dec,parent:dec,process
(defaggr running 3 1)
(vprobe Guest_IRQ (aggr running (ARG0 1 0) ((curprocname)) 1))
(vprobe VMM1Hz (logaggr running) (clearaggr running))
"""
ROWS = (
    (32, 1, 0, "init", 2), (32, 80, 1, "sh", 3), (46, 93, 80, "cc1", 5), (32, 93, 80, "cc1", 60),
    (32, 94, 80, "cc1", 7), (32, 7, 2, "kworker/0:1", 9), (32, 0, 0, "swapper/0", 100),
)  # fmt: skip


def family(*rows: tuple[int, int, int, str, int]) -> AggregateData:
    return aggregate([ones((vector, pid, parent), (name,), count) for vector, pid, parent, name, count in rows])


def panel(d: Driven) -> IrqPanel:
    return d.app.query_one("#irq-table", IrqPanel)


def cells(d: Driven, name: str) -> list[str]:
    """The line of a process, without the frame."""
    line = next(line for line in d.screen().splitlines() if f" {name} " in line)
    return line.replace("▶", " ").replace("▼", " ").strip("┃ ").split()


def driven(test: Callable[[Driven], Awaitable[None]], second: int = 4) -> None:
    """In view 3, with processes told apart by number."""

    async def begun(d: Driven) -> None:
        d.app.session.set_source("vptop.vp", SCRIPT)
        d.source.send(FrameMessage(frame(second, aggregates={"running": family(*ROWS)})))
        await d.press("3")
        await d.shows("PID")
        await test(d)

    drive(begun, (140, 40))


def test_a_list_and_a_matrix_have_numbers() -> None:
    async def test(d: Driven) -> None:
        assert cells(d, "cc1")[:4] == ["cc1", "93", "65.0", "65"]
        assert "Σ 6 processes" in d.screen()
        await d.press("t", "t")
        assert cells(d, "cc1")[:5] == ["cc1", "93", "65.0", "60.0", "5.0"]

    driven(test)


def test_a_tree_has_what_is_a_process_s_own_and_what_is_below_it() -> None:
    async def test(d: Driven) -> None:
        await d.press("t")
        await d.shows("TOT/S")
        assert [(row.depth, row.name, row.count) for row in panel(d).rows] == [
            (0, "swapper/0", 100), (0, "init", 77), (1, "sh", 75), (2, "cc1", 65), (2, "cc1", 7), (0, "", 9),
            (1, "kworker/0:1", 9),
        ]  # fmt: skip
        assert cells(d, "sh")[:4] == ["sh", "80", "75.0", "3.0"]
        assert cells(d, "(not seen)")[:5] == ["(not", "seen)", "2", "9.0", "9"], "it has nothing of its own"
        assert "Σ 6 processes" in d.screen()
        assert cells(d, "Σ 6 processes")[3:6] == ["186.0", "186.0", "186"]
        table = panel(d).table()
        assert table.columns[:4] == ("PROCESS", "PID", "TOT/S", "OWN/S")
        assert [[*map(value_of, row[:4])] for row in table.rows][3:] == [
            ["    cc1", 93, 65, 65],
            ["    cc1", 94, 7, 7],
            ["(not seen)", 2, 9, ""],
            ["  kworker/0:1", 7, 9, 9],
        ]

    driven(test)


def test_lines_open_to_children_and_then_to_vectors_of_the_process_itself() -> None:
    async def test(d: Driven) -> None:
        await d.press("t", "down", "down", "right")
        assert [(row.name, row.count) for row in panel(d).rows][2:5] == [("sh", 75), ("0x20 timer", 3), ("cc1", 65)]
        await d.press("left", "left")
        assert [row.name for row in panel(d).rows][2:4] == ["sh", ""]
        await d.press("left")
        assert panel(d).current == panel(d).rows[1], "the parent"
        await d.press("m")
        await d.shows("rows of init in running")

    driven(test)


def test_parents_that_do_not_pass_a_filter_or_are_of_before_are_named() -> None:
    async def test(d: Driven) -> None:
        await d.press("t", "slash")
        await d.type("cc1 pid~3")
        assert [(row.name, row.count, row.is_above) for row in panel(d).rows] == [
            ("init", 65, True), ("sh", 65, True), ("cc1", 65, False),
        ]  # fmt: skip
        assert "Σ 1 process " in d.screen()
        await d.press("escape", "escape")
        d.source.send(FrameMessage(frame(5, aggregates={"running": family((32, 99, 80, "ld", 4))})))
        await d.shows(" ld ")
        assert [(row.name, row.count, row.is_above) for row in panel(d).rows] == [
            ("init", 4, True), ("sh", 4, True), ("ld", 4, False),
        ]  # fmt: skip
        moment = panel(d).moment
        assert moment is not None
        assert panel(d).trend(moment, panel(d).rows[1], 2) == [75.0, 4.0], "those of its children then"
        await d.press("w")
        await d.shows("10 s")
        assert [(row.name, row.count) for row in panel(d).rows][1:4] == [("init", 81), ("sh", 79), ("cc1", 65)]

    driven(test)


def test_of_many_the_busiest_are_below_their_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((irq, "AT_ONCE", 3), (irq_rows, "AT_ONCE", 3), (tally, "MOST_PROCESSES", 2)):
        monkeypatch.setattr(module, name, value)

    async def test(d: Driven) -> None:
        await d.press("t")
        await d.until(lambda: not panel(d).counting and bool(panel(d).rows))
        assert [(row.name, row.count, row.is_above) for row in panel(d).rows] == [
            ("swapper/0", 100, False), ("init", 65, True), ("sh", 65, True), ("cc1", 65, False),
        ]  # fmt: skip
        assert "busiest 2 of 6" in d.screen()

    driven(test)
