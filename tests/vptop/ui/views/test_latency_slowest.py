# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest requests."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from engine.probes.frame import Row
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.ui.views.latency_keys import PerKeyPanel
from vptop.ui.views.latency_slowest import SlowestPanel
from vptop.ui.views.stacks import StackPanel


def test_enter_goes_to_the_second_of_a_slow_request() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        await d.shows("last 60 s")
        panel = d.app.query_one(SlowestPanel)
        panel.focus()
        await d.press("j", "j", "enter")
        assert not d.app.session.timeline.live
        assert d.app.session.timeline.cursor == 0

    drive(test)


STACK, OTHER = "GUEST_0xffffffff80001010_0xffffffff80002020", "GUEST_0xffffffff80002020"
SYMBOLS = Symbols([(0xFFFFFFFF80001000, "T", "submit"), (0xFFFFFFFF80002000, "T", "sys_read")])


def test_stacks_of_slow_requests_lead_to_the_call_tree_of_all_of_them() -> None:
    hints = "; @view latency_us as=hist unit=us keys=bucket,op\n; @view by_stack unit=us keys=-bucket,process,stack\n"

    async def test(d: Driven) -> None:
        d.app.session.set_source("disk-latency.vp", hints + DISK_SCRIPT.partition("\n")[2])
        d.app.session.set_symbols(SYMBOLS)
        rows = [Row((64,), ("tar", STACK), 2, 66, 64, 67, 67), Row((128,), ("tar", STACK), 1, 130, 130, 130, 130)]
        by_stack = which("latency_us")._replace(name="by_stack")
        d.source.send(FrameMessage(frame(4, aggregates={**frame(4).aggregates, by_stack: aggregate(rows)})))
        await d.press("4")
        panel = d.app.query_one(SlowestPanel)
        await d.until(lambda: [row.most for row in panel.rows] == [130, 67])
        await d.shows("submit < sys_read")
        panel.focus()
        await d.press("m")
        await d.shows("stacks of tar in by_stack")
        at = [lead.title for lead in panel.leads()].index("stacks of tar in by_stack")
        await d.press(*["down"] * at, "enter")
        await d.shows("5 tar › Guest stacks")
        tree = d.app.query_one("#stack-tree", StackPanel)
        assert [node.label for node in tree.stacks.root.ordered()] == ["tar"], "not by bucket"
        assert tree.stacks.root.total == 3
        await d.press("escape", "5")
        await d.until(lambda: tree.stacks.root.total == 400, "the usual stacks")

    drive(test, (160, 50))


def test_by_key_sums_over_a_hidden_key_that_the_slowest_show() -> None:
    hint = "; @view latency_us as=hist unit=us keys=bucket,process,-stack\n"

    async def test(d: Driven) -> None:
        d.app.session.set_source("disk-latency.vp", hint + DISK_SCRIPT.partition("\n")[2])
        d.app.session.set_symbols(SYMBOLS)
        counted = [ones((64,), ("tar", STACK), 3), ones((64,), ("tar", OTHER), 2)]
        d.source.send(
            FrameMessage(frame(4, aggregates={**frame(4).aggregates, which("latency_us"): aggregate(counted)}))
        )
        await d.press("4")
        keys = d.app.query_one(PerKeyPanel)
        await d.until(lambda: [(row.label, row.histogram.count) for row in keys.rows] == [("tar", 5)])
        assert "STACK" not in keys.table().columns
        shown = d.app.query_one(SlowestPanel).table()
        assert "submit < sys_read" in {row[shown.columns.index("STACK")] for row in shown.rows}

    drive(test, (160, 50))
