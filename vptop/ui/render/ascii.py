# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen in ASCII characters alone, for terminals and fonts that have no others. Widths stay as they are."""

from __future__ import annotations

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
    "S": "Σ",
    "D": "Δ",
    "~": "≈✎",
    "/": "↵",
    " ": "\N{NO-BREAK SPACE}⠀",
}
_TABLE = {ord(char): plain for plain, chars in _ALIKE.items() for char in chars}
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
def to_ascii(text: str) -> str:
    """The text with every other character replaced by the ASCII character that looks most like it, else by `?`."""
    return text if text.isascii() else "".join(map(_plain, text))


class AsciiFilter(LineFilter):
    """Replaces what widgets draw, borders and all, just before it goes to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments of a line with ASCII text."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
