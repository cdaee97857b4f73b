# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_pause_reset_and_clear_ask_the_machine() -> None:
    async def test(d: Driven) -> None:
        await d.press("p")
        assert d.source.asked[-1] == ("pause",)
        await d.press("R")
        await d.shows("reset button")
        assert d.source.asked[-1] == ("pause",)
        await d.press("y")
        assert d.source.asked[-1] == ("reboot",)
        await d.press("0")
        await d.press("escape")
        assert d.source.asked[-1] == ("reboot",)
        await d.press("0", "y")
        assert d.source.asked[-1] == ("clear",)

    drive(test)
