# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen as PNG."""

from __future__ import annotations

import sys

import cairosvg
import pytest

from vptop.export.picture import PictureError, png, portable

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5" fill="red"/></svg>'


def test_a_png_has_the_width_of_the_pictures() -> None:
    made = png(SVG)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(made[16:20], "big") == 1600


@pytest.mark.parametrize(
    ("text", "columns"),
    [("ab&#160;█", "10.0 22.2 34.4 46.6"), ("a&lt;&amp;b", "10.0 22.2 34.4 46.6"), ("字i█", "10.0 34.4 46.6")],
    ids=["a block", "escaped letters", "a wide letter"],
)
def test_each_letter_stands_in_its_column(text: str, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(bytestring: bytes, **_: object) -> bytes:
        drawn.append(bytestring.decode())
        return b""

    monkeypatch.setattr(cairosvg, "svg2png", draw)
    png(f'<text class="r1" x="10" y="44.4" textLength="48.8" clip-path="url(#line-1)">{text}</text>')
    assert drawn == [f'<text class="r1" x="{columns}" y="45.4">{text}</text>']


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(PictureError, match=r"pip install 'vptop\[png\]'"):
        png(SVG)


def test_a_portable_picture_names_fonts_of_the_host_alone_and_draws_blocks() -> None:
    face = '@font-face { src: local("FiraCode-Bold"), url("https://host/a.woff2") format("woff2"); font-weight: 700; }'
    made = portable(f'{face}<text class="r1" x="0" y="20" textLength="12.2">█</text>')
    assert made.startswith('@font-face { src: local("FiraCode-Bold"); font-weight: 700; }<rect class="r1" ')
    assert "http" not in made
