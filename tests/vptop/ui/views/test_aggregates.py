# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of an aggregate."""

from __future__ import annotations

from engine.probes.frame import AggregateId
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.ui.views.aggregates import AggregatePanel


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


def counts(d: Driven) -> dict[str, tuple[int, float]]:
    """Count and rate of the rows shown, by their name."""
    panel = d.app.query_one("#aggregate-table", AggregatePanel)
    return {row.key[1][0]: (row.count, row.rate) for row in panel.rows}


def test_an_aggregate_that_is_not_cleared_has_all_of_it_in_the_frame() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "a")
        await d.shows("since loading")
        await d.press("w")
        await d.shows("1 s, min and max since loading")
        assert counts(d) == {"uSec": (1376, 1376.0)}
        await d.press("w")
        await d.until(lambda: counts(d) == {"uSec": (4128, 1376.0)}, "three seconds, that of the first Frame too")
        await d.press("w", "w")
        await d.shows("since loading")
        assert counts(d) == {"uSec": (4128, 1376.0)}

    drive(test)


def test_rows_over_a_threshold_of_the_script_are_marked_and_counted() -> None:
    async def test(d: Driven) -> None:
        d.app.session.set_source("vptop.vp", "; @view running warn=cnt>=100\n" + d.app.session.sources["vptop.vp"])
        rows = [ones((32,), ("busy",), 100), ones((32,), ("idle",), 99)]
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate(rows)})))
        await d.press("2")
        await d.shows("▲ running")
        await d.shows("▲ 1 row over a threshold")
        panel = d.app.query_one("#aggregate-table", AggregatePanel)
        assert [panel.mark(row) for row in panel.rows] == ["▲", " "]
        d.source.send(FrameMessage(frame(5, aggregates={"running": aggregate(rows[1:])})))
        await d.until(lambda: "▲ running" not in d.screen() and "threshold" not in d.screen())

    drive(test)


def test_the_overview_stays_with_the_first_table_that_has_some_rows() -> None:
    async def test(d: Driven) -> None:
        panel = d.app.query_one("#over-aggregates", AggregatePanel)
        script = {AggregateId("t.vp", name): aggregate([]) for name in ("one", "two", "three")}
        one, two, three = script
        rows = [ones((), (f"p{number}",), 5) for number in range(5)]
        d.source.send(FrameMessage(frame(4, aggregates=script)))
        d.source.send(FrameMessage(frame(5, aggregates=script | {one: aggregate(rows[:1])})))
        await d.until(lambda: panel.chosen == one)
        d.source.send(FrameMessage(frame(6, aggregates=script | {one: aggregate(rows[:1]), two: aggregate(rows)})))
        await d.until(lambda: panel.chosen == two)
        d.source.send(FrameMessage(frame(7, aggregates=script | {two: aggregate(rows), three: aggregate(rows * 2)})))
        await d.pilot.pause()
        assert panel.chosen == two

    drive(test)


def test_the_overview_prefers_a_table_whose_keys_are_all_shown() -> None:
    async def test(d: Driven) -> None:
        panel = d.app.query_one("#over-aggregates", AggregatePanel)
        d.app.session.set_source("t.vp", "; @view pages keys=-page:hex,process\n(defaggr pages 1 1)\n")
        pages, other = AggregateId("t.vp", "pages"), AggregateId("t.vp", "other")
        many = aggregate([ones((page << 12,), ("cc1",), 1) for page in range(40)])
        d.source.send(FrameMessage(frame(4, aggregates={pages: many, other: aggregate([])})))
        await d.until(lambda: panel.chosen == pages and len(panel.rows) == 1)
        known = aggregate([ones((), (f"p{number}",), 5) for number in range(5)])
        d.source.send(FrameMessage(frame(5, aggregates={pages: many, other: known})))
        await d.until(lambda: panel.chosen == other)

    drive(test)


def test_values_are_shown_in_the_unit_that_fits() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "a")
        await d.shows("18.0k")
        await d.press("u")
        await d.shows("the values have no unit of time or size; a view hint gives one: unit=ns|us|")
        hint = "; @view latencies as=table unit=us\n"
        d.app.session.set_source("disk-latency.vp", hint + d.app.session.sources["disk-latency.vp"])
        await d.press("u")
        await d.shows("18.0ms")
        assert all(text in d.screen() for text in ("740µs", "66.0µs", "512µs", "4128"))
        await d.press("a", "u")
        await d.press("A")
        await d.shows("18.0k")

    drive(test)


def test_the_unit_of_a_histogram_is_that_of_its_buckets() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "a", "a", "u")
        await d.shows("the values have no unit of time or size")
        assert not [text for text in ("1µs", "1.00µs") if text in d.screen()]

    drive(test)


def test_integer_keys_are_shown_in_another_form() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        await d.shows("0x20 ")
        await d.press("N", "N")
        await d.shows("keys dec")
        await d.until(lambda: "0x20" not in d.screen())
        await d.shows(" 32 ")
        await d.type("/32")
        await d.until(lambda: d.app.panel is not None and 0 < len(d.app.panel.rows) < 9)

    drive(test)


def test_a_click_on_a_name_shows_that_aggregate() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        panel = d.app.query_one("#aggregate-table", AggregatePanel)
        names = next(line for line in d.screen().splitlines() if " latency_us " in line)
        await d.pilot.click("#aggregate-table", offset=(names.index("latency_us") + 1, 1))
        await d.until(lambda: panel.chosen.name == "latency_us")
        sort = panel.sort
        await d.pilot.click("#aggregate-table", offset=(names.index("stacks"), 1))
        await d.until(lambda: panel.chosen.name == "stacks")
        assert panel.sort == sort

    drive(test)


def test_a_key_that_the_script_hides_is_one_key_away_and_ones_are_left_out() -> None:
    async def test(d: Driven) -> None:
        session = d.app.session
        session.set_source("vptop.vp", "; @view running keys=-vector:hex,process\n" + session.sources["vptop.vp"])
        await d.press("2")
        panel = d.app.query_one("#aggregate-table", AggregatePanel)
        await d.frames(4)  # the script was changed after the panel had chosen the aggregate
        await d.until(lambda: panel.chosen.name == "running" and panel.table().columns[0] == "PROCESS")
        assert panel.table().columns[:3] == ("PROCESS", "CNT/S", "COUNT")
        assert not {"AVG", "MIN", "MAX", "LAST"} & {*panel.table().columns}, "all of them would be 1"
        await d.press("K")
        await d.until(lambda: panel.table().columns[0] == "VECTOR")
        await d.press("a")
        assert "AVG" in panel.table().columns, "latencies are values"
        await d.press("b", "d")
        await d.until(lambda: {"ΔCNT/S", "ΔAVG"} <= {*panel.table().columns})
        await d.press("d")
        await d.press("A", "c")
        await d.shows("Space shows")
        await d.press(*["down"] * 4, "space", "enter")  # AVG, which is not marked
        await d.until(lambda: "AVG" in panel.table().columns)
        await d.press("c", "0")
        await d.until(lambda: panel.table().columns[0] == "PROCESS")

    drive(test)
