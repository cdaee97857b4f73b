# SPDX-License-Identifier: GPL-2.0-or-later
"""A filter while it is typed."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_a_mistake_is_told_until_it_is_corrected_and_the_rows_stay() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "slash")
        await d.type("cn")
        assert d.app.panel is not None
        await d.press("t", "greater_than_sign")
        await d.shows("`cnt>`: found ``, expected a number")
        assert d.app.panel.filter.text == "cnt"
        await d.press("5")
        await d.until(lambda: "expected a number" not in d.screen())
        assert d.app.panel.filter.text == "cnt>5"
        await d.press("k", "x")
        await d.shows("found `5kx`")
        await d.press("enter")
        assert d.app.query_one("#filter").display
        await d.shows("found `5kx`")
        await d.press("escape")
        await d.until(lambda: "found" not in d.screen())
        assert not d.app.panel.filter

    drive(test)


def test_the_panel_keeps_its_size_while_a_filter_is_typed() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        assert d.app.panel is not None
        size = d.app.panel.size
        await d.press("slash")
        await d.shows("Enter keeps")
        assert d.app.panel.size == size
        await d.press("escape")
        await d.until(lambda: "Enter keeps" not in d.screen())
        assert d.app.panel.size == size

    drive(test)
