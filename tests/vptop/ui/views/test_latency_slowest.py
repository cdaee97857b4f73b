# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest requests."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.latency_slowest import SlowestPanel


def test_enter_goes_to_the_second_of_a_slow_request() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        await d.shows("last 60 s")
        panel = d.app.query_one(SlowestPanel)
        panel.focus()
        await d.press("j", "j", "enter")
        assert not d.app.session.timeline.live
        assert d.app.session.timeline.cursor == 0

    drive(test)
