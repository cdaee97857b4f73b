# SPDX-License-Identifier: GPL-2.0-or-later
"""Tabs by mouse."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views import VIEWS


def test_tabs_by_mouse() -> None:
    async def test(d: Driven) -> None:
        line = d.screen().splitlines()[1]
        await d.pilot.click(offset=(line.index(VIEWS[2].title) + 1, 1))
        assert d.app.view == VIEWS[2].id

    drive(test)
