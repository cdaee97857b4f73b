# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of an aggregate, also of one too large to be summed and sorted before the next paint."""

from __future__ import annotations

import pytest

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.ui.views import aggregate_rows
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
    monkeypatch.setattr(aggregate_rows, "AT_ONCE", at_once)

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


@pytest.mark.parametrize("at_once", [20_000, 10])
def test_many_rows_are_compared_with_the_baseline(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread or at once: the same rows in the same order, also where keys are left out."""
    monkeypatch.setattr(aggregate_rows, "AT_ONCE", at_once)

    async def test(d: Driven) -> None:
        await d.press("2")
        for second, data in ((4, rows(1)), (5, rows(2)), (6, rows(14))):
            d.source.send(FrameMessage(frame(second, aggregates={"running": data})))
            await d.pilot.pause()
            if second == 5:
                await d.press("b", "d")
        panel = table(d)
        await d.until(lambda: bool(panel.rows) and panel.rows[0].key == ((700,), ("p700",)))
        await d.shows("▲121.0")  # 11 a second at the baseline, 132 now
        await d.press("K")
        await d.until(lambda: bool(panel.rows) and panel.rows[0].key == ((700,), ()))
        await d.shows("▲121.0")

    drive(test)


def numbers(d: Driven) -> dict[str, tuple[int, float]]:
    """Count and rate of the rows shown, by their keys."""
    return {" ".join([*map(str, row.key[0]), *row.key[1]]): (row.count, row.rate) for row in table(d).rows}


@pytest.mark.parametrize("at_once", [20_000, 0])
def test_numbers_of_a_span_and_by_one_key(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread or at once: the same numbers."""
    monkeypatch.setattr(aggregate_rows, "AT_ONCE", at_once)

    async def test(d: Driven) -> None:
        await d.press("2")
        await d.shows("this second")
        await d.press("w")
        await d.shows("3 s · 8 rows")
        await d.until(lambda: numbers(d).get("46 reader") == (123, 41.0))
        await d.press("w", "w")
        await d.shows("all 3 s · 8 rows")
        await d.press("w")
        await d.shows("this second")
        await d.press("K")
        await d.until(lambda: numbers(d).get("46") == (67, 67.0))
        assert set(numbers(d)) == {"32", "46"}
        assert "PROCESS" not in d.screen()
        await d.press("K")
        await d.until(lambda: numbers(d).get("reader") == (53, 53.0))
        await d.press("j", "k")
        assert table(d).current is not None
        await d.press("K")
        await d.until(lambda: numbers(d).get("46 reader") == (41, 41.0))

    drive(test)


def test_a_span_has_more_rows_than_its_last_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate_rows, "AT_ONCE", 0)

    async def test(d: Driven) -> None:
        await d.press("2")
        for second in range(4, 9):
            counts = aggregate([ones((second,), (f"p{second}",), 7)])
            d.source.send(FrameMessage(frame(second, aggregates={"running": counts})))
            await d.pilot.pause()
        await d.press("w")
        await d.shows("8 s · 13 rows")
        assert [numbers(d)[f"{at} p{at}"][0] for at in range(4, 9)] == [7] * 5

    drive(test)
