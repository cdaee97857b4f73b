# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen as a picture."""

from __future__ import annotations

import html
import re
from itertools import accumulate

from rich.cells import get_character_cell_size

from engine.errors import InputError
from vptop.export.blocks import CELL, drawn

PNG_WIDTH = 1600
"""pixels"""


FONT = "DejaVu Sans Mono"
FONT_SIZE = 20.96
"""units; the size at which the font's lines of boxes fill the 24.4 units of a row"""

BASELINE = 1.0
"""units by which a row's text is lowered, so that the lines of boxes meet those of the next row"""

TEXT = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+"[^>]*>(?P<text>[^<]*)'
)


class PictureError(InputError):
    """A PNG cannot be made here. Take the SVG, or install what the message names."""


WEB_FONT = re.compile(r'(?P<local>src: local\("[^"]*"\))[^;]*;')


def portable(svg: str) -> str:
    """A picture that Textual made, which asks no other host and looks the same in any font of fixed width."""
    return drawn(WEB_FONT.sub(r"\g<local>;", svg))


def png(svg: str) -> bytes:
    """A picture that Textual made, as PNG, in a font of the host.

    Raises:
        PictureError: the package that draws it is not installed.
    """
    try:
        import cairosvg
    except (ImportError, OSError) as error:  # the package, or the library that it loads
        raise PictureError(f"a PNG needs cairosvg (pip install 'vptop[png]') and libcairo: {error}") from error
    made: bytes = cairosvg.svg2png(bytestring=_for_cairo(svg).encode(), output_width=PNG_WIDTH)
    return made


def _for_cairo(svg: str) -> str:
    """The picture in a font of the host, each letter at its column: CairoSVG does not know `textLength`."""
    host = svg.replace("font-family: Fira Code", f"font-family: {FONT}").replace(
        "font-size: 20px", f"font-size: {FONT_SIZE}px"
    )
    return TEXT.sub(_placed, host)


def _placed(match: re.Match[str]) -> str:
    text = html.unescape(match["text"])
    columns = accumulate(map(get_character_cell_size, text[:-1]), initial=0)
    places = " ".join(f"{float(match['x']) + column * CELL:.1f}" for column in columns)
    return f'<text class="{match["style"]}" x="{places}" y="{float(match["y"]) + BASELINE:.1f}">{match["text"]}'
