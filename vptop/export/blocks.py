# SPDX-License-Identifier: GPL-2.0-or-later
"""Block elements in pictures of the screen as rectangles: in most fonts they leave gaps between rows and columns."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import get_character_cell_size

CELL, ROW = 12.2, 24.4
"""Width and height of a cell in the pictures that Textual makes, in their units."""
ABOVE = 18.5
"""From a row's top to the line that its text stands on."""
OVERLAP = 0.25
"""By which a row's background goes over the next row: no seam shows between them."""
TEXT = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)"(?P<rest>[^>]*)>(?P<text>[^<]*)</text>'
)


class Block(NamedTuple):
    """A part of a cell, as shares of its width and height."""

    left: float
    top: float
    width: float
    height: float
    opacity: float = 1.0


BLOCKS: Mapping[str, Block] = MappingProxyType(
    {
        **{chr(0x2580 + eighths): Block(0, 1 - eighths / 8, 1, eighths / 8) for eighths in range(1, 9)},
        **{chr(0x2590 - eighths): Block(0, 0, eighths / 8, 1) for eighths in range(1, 8)},
        "▀": Block(0, 0, 1, 1 / 2),
        "▐": Block(1 / 2, 0, 1 / 2, 1),
        "▔": Block(0, 0, 1, 1 / 8),
        "▕": Block(7 / 8, 0, 1 / 8, 1),
        "░": Block(0, 0, 1, 1, 1 / 4),
        "▒": Block(0, 0, 1, 1, 1 / 2),
        "▓": Block(0, 0, 1, 1, 3 / 4),
    }
)
"""The block elements of Unicode (U+2580 to U+2595)."""


def drawn(svg: str) -> str:
    """A picture that Textual made, with rectangles for block elements."""
    return TEXT.sub(_replaced, svg)


def _replaced(match: re.Match[str]) -> str:
    text = html.unescape(match["text"])
    if BLOCKS.keys().isdisjoint(text):
        return match[0]
    left = "".join(" " if letter in BLOCKS else letter for letter in text)
    escaped = html.escape(left, quote=False).replace(" ", "&#160;")
    rest = f'<text class="{match["style"]}" x="{match["x"]}" y="{match["y"]}"{match["rest"]}>{escaped}</text>'
    return "".join(_rectangles(match, text)) + (rest if left.strip() else "")


def _rectangles(match: re.Match[str], text: str) -> Iterator[str]:
    columns = accumulate(map(get_character_cell_size, text), initial=0)
    x, y = float(match["x"]), float(match["y"]) - ABOVE
    for letter, run in groupby(zip(text, columns, strict=False), lambda each: each[0]):
        places = [column for _, column in run]
        if (block := BLOCKS.get(letter)) is None:
            continue
        whole = block.width == 1
        for column, cells in [(places[0], len(places))] if whole else [(column, 1) for column in places]:
            opacity = f' fill-opacity="{block.opacity}"' if block.opacity < 1 else ""
            yield (
                f'<rect class="{match["style"]}" x="{x + (column + block.left) * CELL:.2f}" '
                f'y="{y + block.top * ROW:.2f}" width="{cells * block.width * CELL:.2f}" '
                f'height="{block.height * ROW + OVERLAP:.2f}"{opacity} shape-rendering="crispEdges"/>'
            )
