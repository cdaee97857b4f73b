# SPDX-License-Identifier: GPL-2.0-or-later
"""The styles that cells are drawn in, taken from the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError, Gradient


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
    """from little to much; cividis, which looks the same with every kind of colour vision. The ground has nearly that
    colour, too, where the theme has colours of its own."""
    heat_text: tuple[Style, ...]
    """the same for numbers, which can be read: on such a ground, else in such a colour"""
    flame: tuple[Style, ...]
    """boxes of a flame graph, by function"""


CIVIDIS = (
    "#00204D", "#00336F", "#39486B", "#575C6D", "#707173", "#8A8779", "#A69D75", "#C4B56C", "#E4CF5B", "#FFEA46",
)  # fmt: skip
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
TINT = 0.37
"""How much of its hue a box of a flame graph has; the rest is the background."""
HALF = 0.5
FILLED = 0.7
"""How much of its colour the ground of a heat map's cell has: a sparse shade alone is hardly to be seen."""
READABLE = 4.5
"""Contrast of text (WCAG 2.2, level AA)."""
FINE = 50
"""Places on the scale of heat at which it may begin."""
STEPS = 20
"""In which a colour becomes black or white where it cannot be read."""
HEAT, HEAT_TEXT = 8, 5
"""Steps of the heat colours, and of those that text can be read in; the fewer there are, the farther apart."""
SEEN = 2.0
"""Contrast of the least heat with its ground."""


def contrast(one: Color, other: Color) -> float:
    """How well one can be read on the other, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(512)
def _readable(name: str, grounds: tuple[str, ...]) -> RichColor | None:
    """A colour, away from the grounds until text in it can be read on each; one of the terminal's own as it is."""
    try:
        wanted, behind = Color.parse(name), [Color.parse(ground) for ground in grounds]
    except ColorParseError:
        return None
    if wanted.ansi is None and behind and all(ground.ansi is None for ground in behind):
        wanted = away(wanted, behind)
    return wanted.rich_color


def away(wanted: Color, grounds: Sequence[Color]) -> Color:
    """A colour, moved to black or white until text in it can be read on each of the grounds."""
    end = max(map(Color.parse, ("#000000", "#FFFFFF")), key=lambda color: contrast(color, grounds[0]))
    for step in range(STEPS):
        color = wanted.blend(end, step / STEPS)
        if _least(color, grounds) >= READABLE:
            return color
    return end


def _least(color: Color, grounds: Sequence[Color]) -> float:
    return min(contrast(color, ground) for ground in grounds)


def _color(variables: Mapping[str, str], name: str) -> RichColor | None:
    try:
        return Color.parse(variables.get(name, "")).rich_color
    except ColorParseError:
        return None


def from_theme(variables: Mapping[str, str]) -> Palette:
    """The palette for a theme's CSS variables. `ansi_default` colours stay the terminal's own."""
    return _made(tuple(variables.items()))


@lru_cache(16)
def _made(of_theme: tuple[tuple[str, str], ...]) -> Palette:
    """The palette, made once: every widget asks for it, and again whenever its style changes."""
    variables = dict(of_theme)
    grounds = tuple(variables[name] for name in ("background", "panel", "vptop-cursor") if name in variables)

    def style(name: str, *, bold: bool = False, dim: bool = False, on: str = "", reverse: bool = False) -> Style:
        return Style(
            color=_readable(variables.get(name, ""), grounds),
            bgcolor=_color(variables, on) if on else None,
            bold=bold or None,
            dim=dim or None,
            reverse=reverse or None,
        )

    own = "vptop-cursor" in variables  # there is a colour for the row of the cursor, and those that go with it
    return Palette(
        text=style("foreground"),
        dim=style("vptop-muted") if own else style("foreground", dim=True),
        strong=style("foreground", bold=True),
        header=style("vptop-muted", bold=True) if own else style("foreground", bold=True, dim=True),
        sorted=style("primary", bold=True),
        cursor=style("foreground", bold=True, on="vptop-cursor") if own else style("foreground", reverse=True),
        bar=style("primary"),
        good=style("success"),
        warn=style("warning", bold=True),
        bad=style("error", bold=True),
        accent=style("accent"),
        chip=_sign(variables, "primary") if own else style("foreground", bold=True, reverse=True),
        alert=_sign(variables, "warning") if own else style("warning", bold=True, reverse=True),
        faint=style("vptop-border") if own else style("foreground", dim=True),
        heat=_heat(variables),
        heat_text=_heat_text(variables),
        flame=_flame(variables),
    )


def _sign(variables: Mapping[str, str], on: str) -> Style:
    """Bold text on a colour of the theme: in its background's, or in black or white where that is not read well."""
    ground = Color.parse(variables[on])
    usual, *others = (Color.parse(name) for name in (variables.get("background", "#000000"), "#000000", "#FFFFFF"))
    best = max(others, key=lambda color: contrast(color, ground))
    text = usual if contrast(usual, ground) >= READABLE else best
    return Style(color=text.rich_color, bgcolor=ground.rich_color, bold=True)


def _flame(variables: Mapping[str, str]) -> tuple[Style, ...]:
    """Okabe and Ito's hues tinted towards the background; where that is the terminal's own colour, reverse video."""
    ground = _ground(variables)
    if ground is None:
        return (Style(reverse=True),)
    boxes = [ground.blend(Color.parse(hue), TINT) for hue in OKABE_ITO]
    text = Color.parse(variables["foreground"])
    return tuple(Style(color=away(text, [ground, box]).rich_color, bgcolor=box.rich_color) for box in boxes)


def _ground(variables: Mapping[str, str]) -> Color | None:
    """The background; None where it is the terminal's own."""
    try:
        ground = Color.parse(variables.get("background", ""))
    except ColorParseError:
        return None
    return ground if ground.ansi is None else None


def _known(variables: Mapping[str, str], *names: str) -> tuple[Color, ...]:
    """The colours of these grounds; where one is the terminal's own, black or white, whichever the theme is for."""
    grounds = [Color.parse(variables[name]) for name in names if name in variables]
    usual = Color.parse(variables.get("ansi-background", "ansi_black"))
    return tuple(usual if ground.ansi is not None else ground for ground in grounds) or (usual,)


def _heat(variables: Mapping[str, str]) -> tuple[Style, ...]:
    ground = _ground(variables)
    return tuple(
        Style(color=color.rich_color, bgcolor=ground.blend(color, FILLED).rich_color if ground else None)
        for color in _scale(_known(variables, "background"), SEEN, HEAT)
    )


def _heat_text(variables: Mapping[str, str]) -> tuple[Style, ...]:
    ground = _ground(variables)
    if ground is None:
        colors = _scale(_known(variables, "background", "vptop-cursor"), READABLE, HEAT_TEXT)
        return tuple(Style(color=color.rich_color) for color in colors)
    filled = [ground.blend(color, FILLED) for color in _scale((ground,), SEEN, HEAT)]
    text = Color.parse(variables["foreground"])
    return tuple(Style(color=away(text, [cell]).rich_color, bgcolor=cell.rich_color) for cell in filled)


@lru_cache(64)
def _scale(grounds: tuple[Color, ...], least: float, steps: int) -> tuple[Color, ...]:
    """Colours of cividis away from the grounds: evenly from the first that has this contrast to the end."""
    scale = Gradient.from_colors(*(CIVIDIS[::-1] if grounds[0].brightness > HALF else CIVIDIS))
    first = next((at / FINE for at in range(FINE) if _least(scale.get_color(at / FINE), grounds) >= least), 0.0)
    return tuple(scale.get_color(first + (1 - first) * step / (steps - 1)) for step in range(steps))
