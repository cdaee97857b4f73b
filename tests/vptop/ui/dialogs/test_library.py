# SPDX-License-Identifier: GPL-2.0-or-later
"""Loading a script of the library."""

from __future__ import annotations

from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.edit import EditView


def test_a_script_is_loaded_beside_the_others() -> None:
    async def test(d: Driven) -> None:
        await d.press("f6")
        await d.shows("Scripts of the library")
        await d.shows("(Linux only)")
        await d.shows("● vptop")
        d.source.answer = Reply(1, ok=True, message="loaded", generation=1)
        await d.press("home", "down", "enter")  # by name, those for any guest first: exits
        await d.shows("runs; e edits it")
        request, name, source, replaced = d.source.asked[-1]
        assert (request, replaced) == ("load", "")
        assert source.startswith("; SPDX")
        assert name == "exits.vp"
        assert name in d.app.query_one(EditView).names

    drive(test)


def test_one_that_runs_is_shown_in_the_editor() -> None:
    async def test(d: Driven) -> None:
        await d.press("f6")
        await d.shows("Scripts of the library")
        await d.press("home", *["down"] * 5, "enter")
        await d.until(lambda: d.app.view == "edit" and d.app.query_one(EditView).script == "stacks.vp")

    drive(test)


def test_escape_loads_nothing() -> None:
    async def test(d: Driven) -> None:
        before = list(d.source.asked)
        await d.press("f6", "escape")
        assert d.source.asked == before

    drive(test)
