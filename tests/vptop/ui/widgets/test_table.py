# SPDX-License-Identifier: GPL-2.0-or-later
"""Sorting and filtering."""

from __future__ import annotations

from engine.probes.frame import AggregateData
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, irq_rows, ones
from vptop.ui.views.aggregates import AggregatePanel


def test_filter_restricts_rows_and_escape_lifts_it() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        await d.shows("reader")
        await d.press("slash")
        await d.type("cruncher")
        await d.press("enter")
        assert "reader" not in d.screen()
        assert "cruncher" in d.screen()
        await d.press("escape")
        await d.shows("reader")

    drive(test)


def test_a_filter_that_cannot_be_read_is_told_and_changes_nothing() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "slash")
        await d.type("re:[")
        await d.shows("▲")
        assert d.app.panel is not None
        assert d.app.panel.rows

    drive(test)


def test_sort_picker() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "s")
        await d.shows("Sort")
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_pinned_rows_keep_their_places_while_numbers_change() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "o")
        await d.shows("pinned")
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate(irq_rows(4)[::-1][:6])})))
        await d.shows("6 rows · pinned")
        names = [line.split()[3:5] for line in d.screen().splitlines() if "0x2" in line]
        before = ["idle", "cruncher", "reader", "faulter", "writer", "hanoi", "reader", "kdisk"]
        assert [" ".join(name).split()[0] for name in names] == before, "in the order that they had"
        gone = [line for line in d.screen().splitlines() if " idle " in line]
        assert "90" not in gone[0], "numbers of a row that is gone are not shown"
        await d.press("o")
        await d.until(lambda: "pinned" not in d.screen())
        assert " idle " not in d.screen()

    drive(test)


def test_a_row_that_is_followed_stays_in_sight() -> None:
    def rows(first: int) -> AggregateData:
        return aggregate([ones((at,), (f"p{at}",), 1000 if at == first else 200 - at) for at in range(100)])

    async def test(d: Driven) -> None:
        await d.press("2")
        d.source.send(FrameMessage(frame(4, aggregates={"running": rows(70)})))
        await d.shows("p70 ")
        await d.press("j", "k", "f")
        await d.shows("following")
        d.source.send(FrameMessage(frame(5, aggregates={"running": rows(0)})))
        await d.until(lambda: "p69 " in d.screen() and "p70 " in d.screen(), "the row at its new place")
        await d.press("f")
        await d.until(lambda: "following" not in d.screen())

    drive(test)


def test_the_person_chooses_columns() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        await d.shows("%TOT")
        await d.press("c", "j", "j", "j", "space", "enter")
        await d.until(lambda: "%TOT" not in d.screen())
        await d.press("c", "0")
        await d.shows("%TOT")

    drive(test)


def test_an_order_by_changes_ends_with_the_comparison() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "full_stop")
        panel = d.app.query_one("#aggregate-table", AggregatePanel)
        chosen = panel.sort
        await d.press("b", "d")
        assert (panel.sort.column, panel.lasting_sort) == ("delta", chosen)
        await d.press("a")
        assert panel.sort.column == "delta"
        await d.press("A", "d")
        assert panel.sort == chosen
        await d.press("d", "comma")
        by_name = panel.sort
        await d.press("d")
        assert panel.sort == by_name  # chosen meanwhile

    drive(test)
