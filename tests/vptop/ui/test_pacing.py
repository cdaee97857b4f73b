# SPDX-License-Identifier: GPL-2.0-or-later
"""A new picture each second, or after more of them."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.model.settings import Settings


def seen(d: Driven) -> int:
    """The second that the panels show."""
    panel = d.app.panel
    assert panel is not None
    assert panel.moment is not None
    return panel.moment.frame.frame


def test_keys_choose_how_often_the_live_machine_is_drawn() -> None:
    async def test(d: Driven) -> None:
        await d.press("greater_than_sign", "greater_than_sign")
        await d.shows("a new picture every 5 seconds")
        await d.shows("LIVE 5 s")
        shown = [seen(d)]
        for second in range(4, 13):
            await d.frames(second)
            shown.append(seen(d))
        assert sorted({*shown}) == [3, 8] or sorted({*shown}) == [3, 7, 12]
        assert len(d.app.session.timeline.ring) == 12
        await d.press("less_than_sign", "less_than_sign", "less_than_sign")
        await d.shows("a new picture every second, as often as the machine tells what it counted")
        assert seen(d) == 12
        await d.frames(13)
        assert seen(d) == 13

    drive(test)


def test_the_setting_begins_with_it_and_a_frozen_history_grows() -> None:
    async def test(d: Driven) -> None:
        await d.shows("LIVE 10 s")
        await d.press("space")
        await d.frames(4)
        await d.shows("FROZEN −1 s")

    drive(test, settings=Settings(refresh=10))
