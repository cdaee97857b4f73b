# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's console."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_typing_to_the_guest() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "i")
        await d.type("ps\n")
        assert "".join(text for kind, text in d.source.asked if kind == "keys").startswith("ps")
        await d.press("ctrl+right_square_bracket", "1")
        assert d.app.view == "overview"

    drive(test)
