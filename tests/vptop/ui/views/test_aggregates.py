# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of an aggregate, also of one too large to be sorted before the next paint."""

from __future__ import annotations

import pytest

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.ui.views import aggregates
from vptop.ui.views.aggregates import AggregatePanel


def rows(second: int) -> AggregateData:
    """Many rows that go on counting; the row 700 counts fastest."""
    return aggregate(
        [ones((at,), (f"p{at}",), (1 + (at == 700) * 9 + at % 3) * second) for at in range(1000)], logged=False
    )


def table(d: Driven) -> AggregatePanel:
    return d.app.query_one("#aggregate-table", AggregatePanel)


@pytest.mark.parametrize("at_once", [20_000, 10])
def test_many_rows_are_sorted_filtered_and_followed(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread or at once: the same rows."""
    monkeypatch.setattr(aggregates, "AT_ONCE", at_once)

    async def test(d: Driven) -> None:
        await d.press("2")
        for second in (4, 5):
            d.source.send(FrameMessage(frame(second, aggregates={"running": rows(second)})))
            await d.pilot.pause()
        panel = table(d)
        await d.until(lambda: len(panel.rows) == 1000 and panel.rows[0].key == ((700,), ("p700",)))
        assert panel.rows[0].rate == 11.0 - (700 % 3 == 0)
        await d.press("j", "k")
        await d.press("r")
        await d.until(lambda: panel.rows[-1].key == ((700,), ("p700",)))
        assert panel.current is not None
        assert panel.current.key == ((700,), ("p700",)), "the cursor stays on its row"
        await d.press("slash")
        await d.type("p99")
        await d.until(lambda: len(panel.rows) == 11)
        assert {row.key[1][0] for row in panel.rows} == {"p99", *(f"p99{at}" for at in range(10))}
        d.source.send(FrameMessage(frame(6, aggregates={"running": rows(6)})))
        await d.until(lambda: bool(panel.rows) and panel.rows[0].count % 6 == 0)
        assert len(panel.rows) == 11

    drive(test)


def test_one_row_is_not_rows() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate([ones((1,), ("p",), 1)])})))
        await d.shows("1 row ")

    drive(test)


def test_a_filter_that_would_block_a_backtracking_matcher_does_not() -> None:
    async def test(d: Driven) -> None:
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate([ones((1,), ("0" * 4000,), 1)])})))
        await d.press("2", "slash")
        await d.type("re:(0+)+x$")
        await d.shows("no row passes the filter")

    drive(test)
