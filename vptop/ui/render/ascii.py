# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen in ASCII characters alone, for terminals and fonts that have no others. Widths stay as they are."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from vptop.ui.render.fit import width_of

_ALIKE = {
    "-": "─━┄┅┈┉╌╍╴╶╸╺▃−–—‐",
    "|": "│┃┆┇┊┋╎╏╵╷╹╻❚▎▏▍▌▕▐",
    "+": "╭╮╰╯┌┐└┘┏┓┗┛├┤┬┴┼┣┫┳┻╋╔╗╚╝╠╣╦╩╬▅▒",
    "=": "═▄▋▊",
    "#": "█▉▇■",
    "%": "▓",
    ".": "·…∙˙",
    "_": "▁",
    ":": "▂░",
    "*": "▆●•",
    "o": "◌○◦",
    "!": "▲⚠",
    "x": "✗×✕✘",
    "v": "▼▾↓",
    ">": "▶▸→›»",
    "<": "◀◂←‹«",
    "^": "↑",
    "u": "µμ",
    "D": "Δ",
    "~": "≈✎",
    "/": "↵",
    "S": "Σ",
    " ": "\N{NO-BREAK SPACE}⠀",
}
_TABLE = {ord(char): plain for plain, chars in _ALIKE.items() for char in chars}
_ARROW = re.compile(r"▲(?=\S)")
_BRAILLE = range(0x2800, 0x2900)
_DOTS = " .:-=+*##"
"""by the number of dots that a Braille pattern has"""


def _plain(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return char
    if code in _BRAILLE:
        return _DOTS[(code - _BRAILLE.start).bit_count()]
    return _TABLE.get(code, "?" * width_of(char))


@lru_cache(4096)
def to_ascii(text: str, following: str = " ") -> str:
    """The text with every other character replaced by the ASCII character that looks most like it, else by `?`.

    A triangle is an arrow before what it belongs to (`▲12.5`), else a warning; the sign of a sum is a word where it has
    room.

    Args:
        text: to be replaced.
        following: the character behind it.
    """
    if text.isascii():
        return text
    told = _ARROW.sub("^", text.replace("  Σ", "sum") + following)[: -len(following)]
    return "".join(map(_plain, told))


class AsciiFilter(LineFilter):
    """Replaces what widgets draw, borders and all, just before it goes to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments of a line with ASCII text."""
        behind = [*(segment.text[:1] for segment in segments[1:]), ""]
        return [
            Segment(to_ascii(text, following or " "), style, control)
            for (text, style, control), following in zip(segments, behind, strict=True)
        ]
