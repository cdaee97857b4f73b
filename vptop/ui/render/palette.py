# SPDX-License-Identifier: GPL-2.0-or-later
"""The styles that cells are drawn in, taken from the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError


@dataclass(frozen=True)
class Palette:
    """Styles by meaning. State is never told by colour alone: a glyph goes with it."""

    text: Style
    dim: Style
    strong: Style
    header: Style
    sorted: Style
    cursor: Style
    bar: Style
    good: Style
    warn: Style
    bad: Style
    accent: Style
    chip: Style
    alert: Style
    faint: Style
    heat: tuple[Style, ...]
    """from little to much; cividis, which looks the same with every kind of colour vision"""
    flame: tuple[Style, ...]
    """boxes of a flame graph, by function"""


CIVIDIS = (
    "#39486B", "#575C6D", "#707173", "#8A8779", "#A69D75", "#C4B56C", "#E4CF5B", "#FFEA46",
)  # fmt: skip
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
TINT = 0.4
"""How much of its hue a box of a flame graph has; the rest is the background."""
HALF = 0.5
ON_LIGHT = (*CIVIDIS[::-1][3:], "#39486B", "#00336F", "#00204D")
"""On a light ground, much is dark."""


def _color(variables: Mapping[str, str], name: str) -> RichColor | None:
    try:
        return Color.parse(variables.get(name, "")).rich_color
    except ColorParseError:
        return None


def from_theme(variables: Mapping[str, str]) -> Palette:
    """The palette for a theme's CSS variables. `ansi_default` colours stay the terminal's own."""

    def style(name: str, *, bold: bool = False, dim: bool = False, on: str = "", reverse: bool = False) -> Style:
        return Style(
            color=_color(variables, name),
            bgcolor=_color(variables, on) if on else None,
            bold=bold or None,
            dim=dim or None,
            reverse=reverse or None,
        )

    muted = "vptop-muted" in variables
    return Palette(
        text=style("foreground"),
        dim=style("vptop-muted") if muted else style("foreground", dim=True),
        strong=style("foreground", bold=True),
        header=style("vptop-muted", bold=True) if muted else style("foreground", bold=True, dim=True),
        sorted=style("primary", bold=True),
        cursor=style("foreground", bold=True, on="vptop-cursor") if muted else style("foreground", reverse=True),
        bar=style("primary"),
        good=style("success"),
        warn=style("warning", bold=True),
        bad=style("error", bold=True),
        accent=style("accent"),
        chip=style("vptop-chip-text", bold=True, on="primary")
        if muted
        else style("foreground", bold=True, reverse=True),
        alert=style("vptop-chip-text", bold=True, on="warning") if muted else style("warning", bold=True, reverse=True),
        faint=style("vptop-border") if muted else style("foreground", dim=True),
        heat=tuple(Style(color=color) for color in (ON_LIGHT if _is_light(variables) else CIVIDIS)),
        flame=_flame(variables),
    )


def _flame(variables: Mapping[str, str]) -> tuple[Style, ...]:
    """Okabe and Ito's hues tinted towards the background; where that is the terminal's own colour, reverse video."""
    try:
        ground = Color.parse(variables.get("background", ""))
    except ColorParseError:
        return (Style(reverse=True),)
    if ground.ansi is not None:
        return (Style(reverse=True),)
    text = _color(variables, "foreground")
    return tuple(Style(color=text, bgcolor=ground.blend(Color.parse(hue), TINT).rich_color) for hue in OKABE_ITO)


def _is_light(variables: Mapping[str, str]) -> bool:
    try:
        return Color.parse(variables.get("background", "")).brightness > HALF
    except ColorParseError:
        return False
