# SPDX-License-Identifier: GPL-2.0-or-later
"""The themes of the program."""

from __future__ import annotations

from textual.color import Color

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.themes import DARK, LIGHT, THEMES


def test_names_are_the_program_s_own() -> None:
    assert len({theme.name for theme in THEMES}) == len(THEMES)
    assert all(theme.name.startswith("vptop-") for theme in THEMES)


def test_every_theme_has_the_same_variables_and_colours_that_parse() -> None:
    for theme in THEMES:
        assert set(theme.variables) == set(DARK.variables)
        for color in (*theme.variables.values(), theme.primary, theme.background, theme.error):
            Color.parse(color or "")


def test_dark_and_light_say_so() -> None:
    assert [theme.dark for theme in THEMES] == [
        Color.parse(theme.background or "").brightness < 0.5 for theme in THEMES
    ]
    assert not LIGHT.dark


def test_the_dashboard_is_seen_beside_a_dialog_also_in_the_terminal_s_own_colours() -> None:
    async def test(d: Driven) -> None:
        d.app.theme = "ansi-dark"
        await d.press("x")
        await d.shows("Export frame")
        await d.until(lambda: "Overview" in d.screen().splitlines()[1])

    drive(test)
