# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the screen."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.picturing import Picture


def test_a_picture_that_is_drawn_later_shows_the_screen_of_before() -> None:
    async def test(d: Driven) -> None:
        picture, expected = Picture(d.app, "a title"), d.app.export_screenshot(title="a title")
        picture.read()
        await d.frames(4)
        await d.press("7")
        assert d.app.export_screenshot(title="a title") != expected
        assert picture.draw() == expected

    drive(test)
