# SPDX-License-Identifier: GPL-2.0-or-later
"""The flame graph."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.flame import FlamePanel


def test_keys_choose_and_zoom() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T")
        panel = d.app.query_one("#stack-flame", FlamePanel)
        assert panel.chosen[-1] == "cruncher"
        await d.press("right")
        assert panel.chosen[-1] == "idle"
        await d.press("left", "down", "enter")
        assert list(panel.zoomed_to) == ["cruncher", "0xffffffff80003030"]
        await d.shows("% of the zoom")
        await d.press("backspace")
        assert list(panel.zoomed_to) == ["cruncher"]
        await d.press("up", "enter")
        assert not panel.zoomed_to

    drive(test)


def test_the_mouse_chooses_and_zooms() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T")
        panel = d.app.query_one("#stack-flame", FlamePanel)
        await d.pilot.hover("#stack-flame", offset=(3, 1))
        await d.pilot.pause()
        assert "cruncher · 120 samples" in d.screen()
        await d.pilot.click("#stack-flame", offset=(3, 1), times=2)
        await d.pilot.pause()
        assert panel.zoomed_to == ("cruncher",)

    drive(test)


def test_a_filter_highlights_and_hides_nothing() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T")
        panel = d.app.query_one("#stack-flame", FlamePanel)
        levels = len(panel.rows)
        await d.press("slash")
        await d.type("idle")
        await d.press("enter")
        assert len(panel.rows) == levels
        await d.shows("matched 30.0%")

    drive(test)


def test_n_goes_from_match_to_match() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T", "n")
        await d.shows("no filter to look for; / sets one")
        panel = d.app.query_one("#stack-flame", FlamePanel)
        await d.press("slash")
        await d.type("re:80002020|80004040")
        await d.press("enter")
        seen = []
        for key in ("n", "n", "n", "n", "N", "N"):
            await d.press(key)
            seen.append((panel.chosen[0], panel.chosen[-1][-4:]))
        assert seen[:3] == [("cruncher", "2020"), ("reader", "2020"), ("reader", "4040")]
        assert seen[3:] == [seen[0], seen[2], seen[1]]

    drive(test)


def test_files_have_the_boxes_as_a_tree_and_the_stacks_of_the_zoom() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T", "slash", *"idle", "enter")  # highlights only
        table = d.app.query_one("#stack-flame", FlamePanel).table()
        assert table.columns == ("%", "FUNCTION", "OWN", "TOTAL")
        assert [*table.rows][:2] == [("40.0%", "cruncher", "0", "120"), ("40.0%", "  0xffffffff80003030", "0", "120")]
        assert table.stacks is not None
        assert sum(count for _, count in table.stacks()) == 300
        await d.press("g", "right", "enter")
        zoomed = d.app.query_one("#stack-flame", FlamePanel).table()
        assert zoomed.stacks is not None
        assert [*zoomed.stacks()] == [(["idle", "0xffffffff80005050"], 90)]

    drive(test)
