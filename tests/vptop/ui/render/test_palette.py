# SPDX-License-Identifier: GPL-2.0-or-later
"""Styles out of the variables of a theme."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.color import Color as RichColor
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from vptop.ui.render.palette import Palette, from_theme
from vptop.ui.themes import DARK, THEMES, variables


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [(part / 12.92, ((part + 0.055) / 1.055) ** 2.4)[part > 0.04045] for part in Color.parse(color).normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def palette_of(theme: Theme) -> Palette:
    """As the app has it: the theme's colours, its variables, and ours where it has not got them."""
    return from_theme(variables_of(theme))


def variables_of(theme: Theme) -> dict[str, str]:
    """What its colours are called."""
    return variables(theme) | theme.to_color_system().generate() | theme.variables


def test_meanings_have_the_colours_of_the_theme() -> None:
    palette = palette_of(DARK)
    assert palette.bar.color is not None
    assert palette.bar.color.name.upper() == DARK.primary.upper()
    assert palette.cursor.bgcolor is not None
    assert palette.cursor.bgcolor.name.upper() == DARK.variables["vptop-cursor"]


def test_without_the_variables_of_the_program_the_terminal_s_own_attributes_serve() -> None:
    palette = from_theme({"foreground": "ansi_default", "primary": "ansi_blue"})
    assert palette.dim.dim
    assert palette.cursor.reverse
    assert palette.chip.reverse


def test_an_unknown_colour_is_left_to_the_terminal() -> None:
    assert from_theme({"primary": "no colour"}).bar.color is None


READ = ("text", "dim", "strong", "header", "sorted", "bar", "good", "warn", "bad", "accent")
"""Styles of text on the ground of a panel, of a bar, of the row under the cursor."""


def ratio(one: RichColor | None, other: RichColor | str | None) -> float:
    """How well one can be read on the other (WCAG 2.2)."""
    names = [it if isinstance(it, str) else f"rgb{tuple(it.get_truecolor())}" for it in (one, other) if it]
    dark, light = sorted(map(luminance, names))
    return (light + 0.05) / (dark + 0.05)


FIXED = [theme for theme in BUILTIN_THEMES.values() if not (theme.background or "").startswith("ansi")]
"""Textual's themes whose colours are not those of the terminal."""


@pytest.mark.parametrize("theme", [*THEMES, *FIXED], ids=lambda theme: theme.name)
def test_text_of_every_theme_can_be_read(theme: Theme) -> None:
    named = variables_of(theme)
    palette = palette_of(theme)
    grounds = [named[name] for name in ("background", "panel", "vptop-cursor")]
    for name in READ:
        assert min(ratio(getattr(palette, name).color, ground) for ground in grounds) >= 4.5, name
    for style in (*palette.flame, palette.chip, palette.alert, palette.cursor):
        assert ratio(style.color, style.bgcolor) >= 4.5, style
    for name in ("muted", "primary", "accent", "success", "warning", "error"):  # what style sheets have text in
        color = Color.parse(named[f"vptop-{name}"]).rich_color
        assert min(ratio(color, named[ground]) for ground in ("background", "panel")) >= 4.5, name
    assert ratio(palette.cursor.bgcolor, named["background"]) > 1.1  # the row is seen


@pytest.mark.parametrize("theme", [*THEMES, *BUILTIN_THEMES.values()], ids=lambda theme: theme.name)
def test_each_step_of_heat_is_farther_from_the_ground_and_numbers_can_be_read(theme: Theme) -> None:
    palette = palette_of(theme)
    ground = theme.to_color_system().generate()["background"]
    if ground.startswith("ansi"):
        ground = "#000000" if theme.dark else "#C0C0C0"
    for told in (
        [style.color for style in palette.heat],
        [style.bgcolor or style.color for style in palette.heat_text],
    ):
        contrasts = [ratio(color, ground) for color in told]
        assert all(more > 1.1 * less for less, more in pairwise(contrasts)), contrasts
    assert ratio(palette.heat[0].color, ground) >= 2
    assert all(ratio(style.color, style.bgcolor or ground) >= 4.5 for style in palette.heat_text)
