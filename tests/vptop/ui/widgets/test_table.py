# SPDX-License-Identifier: GPL-2.0-or-later
"""Sorting and filtering."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


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
