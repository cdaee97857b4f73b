# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard's own themes. Hues from Okabe and Ito's set, told apart with every kind of colour vision."""

from __future__ import annotations

from dataclasses import replace

from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from vptop.ui.render.palette import away, contrast

DARK = Theme(
    name="vptop-dark",
    primary="#56B4E9",
    secondary="#009E73",
    accent="#F0E442",
    foreground="#D3DAE3",
    background="#0E1217",
    surface="#0E1217",
    panel="#1A212A",
    success="#2FC796",
    warning="#E69F00",
    error="#F47A48",
    dark=True,
    variables={
        "vptop-muted": "#8F9CA7",
        "vptop-cursor": "#1B3348",
        "vptop-border": "#33414F",
    },
)
LIGHT = Theme(
    name="vptop-light",
    primary="#006CA9",
    secondary="#00785A",
    accent="#895600",
    foreground="#1C2430",
    background="#FAFBFC",
    surface="#FAFBFC",
    panel="#EEF1F4",
    success="#00785A",
    warning="#9A5B00",
    error="#B23A00",
    dark=False,
    variables={
        "vptop-muted": "#5A6570",
        "vptop-cursor": "#DCEBF8",
        "vptop-border": "#B9C4CF",
    },
)
CONTRAST = Theme(
    name="vptop-contrast",
    primary="#6CC8FF",
    secondary="#2EE6A8",
    accent="#FFF04D",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1A1A1A",
    success="#2EE6A8",
    warning="#FFB000",
    error="#FF7A45",
    dark=True,
    variables={
        "vptop-muted": "#C0C0C0",
        "vptop-cursor": "#003660",
        "vptop-border": "#A0A0A0",
    },
)
TERMINAL_DARK = replace(BUILTIN_THEMES["ansi-dark"], primary="ansi_bright_blue")
"""Textual's theme in the terminal's own colours, of which blue is hardly seen on black in most terminals."""
THEMES = (DARK, LIGHT, CONTRAST)
QUIET, FRAME = 0.65, 0.3
"""How much of the foreground is in quiet text, and in frames; the rest is the background."""
CURSOR = 1.3
"""Contrast of the cursor's row with its ground: it is seen, and the text in it read."""
TERMINAL = {"vptop-muted": "ansi_default", "vptop-border": "ansi_bright_black"}
"""Our variables among the terminal's own colours, between which no others lie."""
TEXTS = ("primary", "accent", "success", "warning", "error")
"""Colours in which there is text: our variables of these names, in which it can be read."""


def variables(theme: Theme) -> dict[str, str]:
    """Our own variables for a theme that has not got them: quiet text, the row of the cursor, frames."""
    made = theme.to_color_system().generate()
    ground, panel, text, primary = (
        Color.parse(made[name]) for name in ("background", "panel", "foreground", "primary")
    )
    if ground.ansi is not None:
        return TERMINAL | {f"vptop-{name}": made[name] for name in TEXTS}
    tints = [ground.blend(primary, percent / 100, 1.0) for percent in range(10, 100)]
    return {
        "vptop-muted": away(ground.blend(text, QUIET, 1.0), [ground, panel]).hex,
        "vptop-cursor": next((tint for tint in tints if contrast(tint, ground) >= CURSOR), panel).hex,
        "vptop-border": ground.blend(text, FRAME, 1.0).hex,
        **{f"vptop-{name}": away(Color.parse(made[name]), [ground, panel]).hex for name in TEXTS},
    }


class ThemedApp(App[None]):
    """Has our themes beside Textual's, and our variables in all of them."""

    def __init__(self) -> None:
        super().__init__()
        for theme in (*THEMES, TERMINAL_DARK):
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def refresh_css(self, animate: bool = True) -> None:
        """Draw in the colours of a theme. Before there is a screen, they are kept for the rules that it will bring."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, where the theme has not got them."""
        return variables(self.current_theme)
