# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a jump can go."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.jump import JumpScreen
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.flame import FlamePanel


async def jump(d: Driven, spot: int) -> None:
    """Open the labels and type that of the so-manieth place."""
    await d.press("apostrophe")
    assert isinstance(d.app.screen, JumpScreen)
    await d.press(*list(d.app.screen._spots)[spot])
    await d.until(lambda: not isinstance(d.app.screen, JumpScreen))


def test_a_view_a_panel_and_a_row_are_gone_to() -> None:
    async def test(d: Driven) -> None:
        await jump(d, 8)
        assert d.app.view == "guest"
        await jump(d, 9 + 2)
        assert d.app.focused is d.app.active_view.panels[2]
        await jump(d, 1)
        panel = d.app.panel
        assert isinstance(panel, AggregatePanel)
        wanted = panel.rows[3].key
        await jump(d, 9 + 1 + 3)
        assert panel.current is not None
        assert panel.current.key == wanted

    drive(test)


def test_a_box_of_the_flame_graph_is_gone_to() -> None:
    async def test(d: Driven) -> None:
        await d.press("5", "T")
        panel = d.app.query_one("#stack-flame", FlamePanel)
        await d.until(lambda: d.app.focused is panel and panel.rows)
        before = panel.chosen
        await jump(d, -1)
        assert panel.chosen != before
        assert panel.chosen == panel.rows[-1][-1].path

    drive(test)
