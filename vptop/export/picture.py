# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen as a picture."""

from __future__ import annotations

from engine.errors import InputError

PNG_WIDTH = 1600
"""pixels"""


class PictureError(InputError):
    """A PNG cannot be made here. Take the SVG, or install what the message names."""


def png(svg: str) -> bytes:
    """A picture that Textual made, as PNG.

    The fonts that it asks for are on the web; what draws the PNG knows only those of the host.

    Raises:
        PictureError: the package that draws it is not installed.
    """
    try:
        import cairosvg
    except (ImportError, OSError) as error:  # the package, or the library that it loads
        raise PictureError(f"a PNG needs cairosvg (pip install 'vptop[png]') and libcairo: {error}") from error
    plain = svg.replace("font-family: Fira Code", "font-family: DejaVu Sans Mono")
    made: bytes = cairosvg.svg2png(bytestring=plain.encode(), output_width=PNG_WIDTH)
    return made
