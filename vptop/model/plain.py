# SPDX-License-Identifier: GPL-2.0-or-later
"""Text from guests and scripts is not trusted: here it is made harmless for a terminal."""

from __future__ import annotations

import unicodedata

STAND_IN = "·"
"""Shown for a character that would move the cursor, change colours, or is invisible."""
TAB = 8

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class _Table(dict[int, str]):
    """A translation table that learns characters as they come."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = shown = STAND_IN if unicodedata.category(char) in _UNSAFE else char
        return shown


_ONE_LINE = _Table({0x09: " ", 0x0A: "↵", 0x0D: "↵"})


def clean(text: str) -> str:
    """One line of harmless text: no control, format (bidirectional, zero width), private or unassigned characters."""
    return text if text.isascii() and text.isprintable() else text.translate(_ONE_LINE)


def clean_columns(text: str) -> str:
    """A line as `clean` gives it, with its tabs: each character stays in its column."""
    return "\t".join(map(clean, text.split("\t")))


def clean_lines(text: str) -> list[str]:
    """The lines of a text, each harmless, tabs expanded."""
    return [clean(line.expandtabs(TAB)) for line in text.replace("\r\n", "\n").split("\n")]
