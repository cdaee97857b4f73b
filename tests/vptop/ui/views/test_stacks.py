# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.render.tree import TreeLine
from vptop.ui.views.stacks import StackPanel


def test_tree_flame_and_flat_list_follow_each_other() -> None:
    async def test(d: Driven) -> None:
        await d.press("5")
        for title, seen in (("‹tree›", "OUTERMOST"), ("‹flame›", "▕"), ("‹flat›", "OWN%"), ("‹tree›", "OUTERMOST")):
            assert title in d.screen()
            assert seen in d.screen()
            await d.press("T")

    drive(test)


def test_inverted_begins_with_the_innermost_functions() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "i")
        panel = d.app.query_one("#stack-tree", StackPanel)
        assert panel.stacks.root.ordered()[0].label == "0xffffffff80001010"
        await d.press("T")
        assert "‹flame, callers›" in d.screen()

    drive(test)


def test_right_opens_a_chain_of_single_callees_and_left_closes() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "G")
        panel = d.app.query_one("#stack-tree", StackPanel)
        while isinstance(row := panel.current, TreeLine) and len(row.path) > 1:
            await d.press("left", "left")
        await d.press("left")
        closed = len(panel.rows)
        await d.press("right")
        assert len(panel.rows) > closed + 1
        await d.press("left")
        assert len(panel.rows) == closed

    drive(test)


def test_a_filter_keeps_the_callers_of_what_matches() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "slash")
        await d.type("80004040")
        await d.press("enter")
        panel = d.app.query_one("#stack-tree", StackPanel)
        assert [row.path[-1] for row in panel.rows if isinstance(row, TreeLine)] == [
            "reader",
            "0xffffffff80003030",
            "0xffffffff80002020",
            "0xffffffff80004040",
        ]

    drive(test)


def test_n_goes_to_what_matches_and_leaves_out_its_callers() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "slash")
        await d.type("re:80004040|80005050")
        await d.press("enter")
        panel = d.app.query_one("#stack-tree", StackPanel)
        seen = []
        for key in ("n", "n", "n", "N"):
            await d.press(key)
            seen += [panel.label_of(row)[-4:] for row in [panel.current] if row is not None]
        assert seen == ["5050", "4040", "5050", "4040"]

    drive(test)


def test_a_click_on_its_mark_closes_and_opens_a_node() -> None:
    async def test(d: Driven) -> None:
        await d.press("5")
        panel = d.app.query_one("#stack-tree", StackPanel)
        rows = len(panel.rows)
        lines = d.screen().splitlines()
        row = next(at for at, line in enumerate(lines) if "▼ " in line)
        place = lines[row].index("▼ "), row - 2
        await d.pilot.click("#stack-tree", offset=place)
        assert len(panel.rows) < rows
        await d.pilot.click("#stack-tree", offset=place)
        assert len(panel.rows) == rows

    drive(test)
