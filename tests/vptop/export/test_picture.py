# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen as PNG."""

from __future__ import annotations

import sys

import pytest

from vptop.export.picture import PictureError, png

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5" fill="red"/></svg>'


def test_a_png_has_the_width_of_the_pictures() -> None:
    made = png(SVG)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(made[16:20], "big") == 1600


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(PictureError, match=r"pip install 'vptop\[png\]'"):
        png(SVG)
