# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts of more processes than are told one by one, counted in a thread."""

from __future__ import annotations

import pytest

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model import irq, tally
from vptop.ui.views import irq_rows
from vptop.ui.views.irq import IrqPanel


def rows(second: int) -> AggregateData:
    return aggregate([ones((32 + at % 3,), (f"p{at}",), (at + 1) * second) for at in range(40)])


def panel(d: Driven) -> IrqPanel:
    return d.app.query_one("#irq-table", IrqPanel)


async def settle(d: Driven) -> None:
    await d.until(lambda: not panel(d).counting)


def test_the_busiest_are_shown_and_all_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((irq, "AT_ONCE", 10), (irq_rows, "AT_ONCE", 10), (tally, "MOST_PROCESSES", 5)):
        monkeypatch.setattr(module, name, value)

    async def test(d: Driven) -> None:
        await d.press("3")
        for second in (4, 5):
            d.source.send(FrameMessage(frame(second, aggregates={"running": rows(second)})))
            await d.until(lambda: panel(d).rows and panel(d).rows[0].count == 40 * second)  # noqa: B023 - called at once
        assert [row.name for row in panel(d).rows] == ["p39", "p38", "p37", "p36", "p35"]
        assert "busiest 5 of 40" in d.screen()
        assert "Σ 40 processes" in d.screen()
        assert "4100" in next(line for line in d.screen().splitlines() if "Σ" in line), "5 × (1 + … + 40)"
        moment = panel(d).moment
        assert moment is not None
        assert panel(d).trend(moment, panel(d).rows[0], 2) == [160.0, 200.0]
        await d.press("slash")
        await d.type("p1 cnt>50")
        await settle(d)
        assert [row.name for row in panel(d).rows] == ["p19", "p18", "p17", "p16", "p15"]
        assert "busiest 5 of 10" in d.screen(), "p10 to p19"
        await d.press("escape", "escape", "w")
        await settle(d)
        assert [(row.name, row.count) for row in panel(d).rows][:2] == [("p39", 360), ("p38", 351)]
        await d.press("b", "d")
        await settle(d)
        assert [(row.name, row.base) for row in panel(d).rows if row.name == "p39"] == [("p39", 200.0)]

    drive(test)
