# SPDX-License-Identifier: GPL-2.0-or-later
"""The command palette finds names, too."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_the_palette_leads_to_what_has_a_name() -> None:
    async def test(d: Driven) -> None:
        async def run(text: str, what: str) -> None:
            await d.press("ctrl+p")
            await d.type(text)
            await d.shows(what)
            await d.press("enter")

        await run("latency_us", "aggregate of")
        await d.until(lambda: d.app.view == "aggregates")
        await run("cruncher", "in running")
        await d.until(lambda: d.app.view == "irq")
        assert d.app.panel is not None
        assert d.app.panel.filter.text == "cruncher"

    drive(test)
