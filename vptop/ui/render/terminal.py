# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of the guest's terminal, in its colours as far as the theme lets them be read."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vptop.model.console import Look, Row
from vptop.ui.render.fit import strip
from vptop.ui.render.palette import Palette

_DARK = {
    "black": "#000000",
    "red": "#AA2E25",
    "green": "#1B7F3B",
    "brown": "#8F6A00",
    "blue": "#1F4FA3",
    "magenta": "#8E3A8E",
    "cyan": "#157A87",
    "white": "#C8CCD0",
}
_BRIGHT = {
    "black": "#6B7278",
    "red": "#F0655A",
    "green": "#4CC46F",
    "brown": "#F2D04E",
    "blue": "#6EA8FE",
    "magenta": "#D787D7",
    "cyan": "#5CCFE0",
    "white": "#FFFFFF",
}
COLORS: Mapping[str, str] = {**_DARK, **{f"bright{name}": color for name, color in _BRIGHT.items()}}
"""By pyte's names; its brown is what others call yellow."""
_MISSPELT = {"bfightmagenta": "brightmagenta"}
"""as pyte 0.8.2 calls that ground"""
_MEANINGS = {
    "black": "dim",
    "red": "bad",
    "green": "good",
    "brown": "warn",
    "blue": "accent",
    "magenta": "accent",
    "cyan": "accent",
    "white": "text",
}
"""Styles of the palette that stand for a colour on the theme's own ground, where it has to be readable."""


def style_of(look: Look, palette: Palette) -> Style:
    """How characters of that look are drawn."""
    color, ground = (_MISSPELT.get(name, name) for name in (look.color, look.ground))
    base, meaning = palette.text, _MEANINGS.get(color.removeprefix("bright"))
    if ground != "default":
        usual = "brightwhite" if look.bold else "white"
        base = Style(color=_hex(usual if color == "default" else color), bgcolor=_hex(ground))
    elif meaning is not None:
        base = Style(color=getattr(palette, meaning).color)
    elif color != "default":
        base = Style(color=_hex(color))
    return base + Style(bold=look.bold or None, underline=look.underlined or None, reverse=look.reverse or None)


def _hex(name: str) -> str:
    return COLORS.get(name) or f"#{name}"


def line(row: Row, width: int, palette: Palette, cursor: int | None = None) -> Strip:
    """A row of the terminal.

    Args:
        row: what it shows.
        width: cells that there are.
        palette: of the theme.
        cursor: the column in which the terminal's cursor is shown; None: it is not in this row.
    """
    made = strip([(text, style_of(look, palette)) for text, look in row.pieces], width)
    if cursor is None or cursor >= width:
        return made
    under = made.crop(cursor, cursor + 1)
    block = [Segment(segment.text, palette.chip) for segment in under]
    return Strip.join([made.crop(0, cursor), Strip(block), made.crop(cursor + 1, width)])
