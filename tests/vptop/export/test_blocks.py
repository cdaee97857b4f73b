# SPDX-License-Identifier: GPL-2.0-or-later
"""Block elements as rectangles."""

from __future__ import annotations

import re
import unicodedata

import pytest

from vptop.export.blocks import BLOCKS, drawn

RECT = re.compile(r'<rect class="r1" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"')


def text(letters: str) -> str:
    """The second row of a picture, from its second column on."""
    return f'<text class="r1" x="12.2" y="44.4" textLength="9" clip-path="url(#line-1)">{letters}</text>'


def rectangles(letters: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, found)) for found in RECT.findall(drawn(text(letters)))]


def test_text_stays_as_it_is() -> None:
    assert drawn(text("a&lt;b&#160;│")) == text("a&lt;b&#160;│")


def test_a_row_of_whole_blocks_is_one_rectangle_over_the_row_and_the_seam_below() -> None:
    assert drawn(text("███")) == (
        '<rect class="r1" x="12.20" y="25.90" width="36.60" height="24.65" shape-rendering="crispEdges"/>'
    )


def test_letters_beside_blocks_keep_their_columns() -> None:
    made = drawn(text("字█&lt;▌"))
    assert made.endswith(text("字&#160;&lt;&#160;"))
    assert [left for left, *_ in rectangles("字█&lt;▌")] == [36.6, 61.0]  # 字 is two columns wide


@pytest.mark.parametrize(
    ("letter", "left", "top", "width", "height"),
    [("▁", 0, 7 / 8, 1, 1 / 8), ("▆", 0, 1 / 4, 1, 3 / 4), ("▏", 0, 0, 1 / 8, 1), ("▊", 0, 0, 3 / 4, 1),
     ("▐", 1 / 2, 0, 1 / 2, 1), ("▀", 0, 0, 1, 1 / 2), ("▕", 7 / 8, 0, 1 / 8, 1)],
)  # fmt: skip
def test_parts_of_a_cell(letter: str, left: float, top: float, width: float, height: float) -> None:
    (found,) = rectangles(letter)
    expected = 12.2 + left * 12.2, 25.9 + top * 24.4, width * 12.2, height * 24.4 + 0.25
    assert found == pytest.approx(expected, abs=0.01)


def test_narrow_blocks_are_one_each() -> None:
    assert [left for left, *_ in rectangles("▌▌")] == [12.2, 24.4]


def test_shades_are_partly_opaque() -> None:
    assert re.findall(r'fill-opacity="([\d.]+)"', drawn(text("░▒▓"))) == ["0.25", "0.5", "0.75"]


def test_every_block_of_unicode_is_known_but_for_quadrants() -> None:
    named = {chr(code) for code in range(0x2580, 0x25A0) if "QUADRANT" not in unicodedata.name(chr(code))}
    assert named == set(BLOCKS)
