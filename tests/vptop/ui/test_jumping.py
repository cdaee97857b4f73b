# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a jump can go."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.jump import JumpScreen
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.flame import FlamePanel


async def jump(d: Driven, index: int) -> None:
    """Open the labels and type the one at this index."""
    await d.press("apostrophe")
    assert isinstance(d.app.screen, JumpScreen)
    await d.press(*list(d.app.screen._spots)[index])
    await d.until(lambda: not isinstance(d.app.screen, JumpScreen))


def test_a_jump_goes_to_a_view_a_panel_a_row_and_a_box_of_the_flame_graph() -> None:
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

        await d.press("5", "T")
        flame = d.app.query_one("#stack-flame", FlamePanel)
        await d.until(lambda: d.app.focused is flame and flame.rows)
        before = flame.chosen
        await jump(d, -1)
        assert flame.chosen != before
        assert flame.chosen == flame.rows[-1][-1].path

    drive(test)
