# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversions of printf and sprintf (manual p. 21 to 22): one table for the checker, the documentation and the tests.

The core's vp/format.c carries them out; a test formats every example of this table with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.vp.tables.builtins import Type


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that ends a conversion. `example` is a format, `value` its argument, `text` what becomes of them."""

    letter: str
    type: Type
    doc: str
    example: str
    value: int | str
    text: str


_INT, _STR = Type.INTEGER, Type.STRING
LETTERS: dict[str, Letter] = {
    row.letter: row
    for row in (
        Letter("d", _INT, "Signed decimal.", "%d", (1 << 64) - 1, "-1"),
        Letter("i", _INT, "Signed decimal, like `d`.", "%+i", 7, "+7"),
        Letter("u", _INT, "Unsigned decimal.", "%u", (1 << 64) - 1, "18446744073709551615"),
        Letter("x", _INT, "Hexadecimal, lower case.", "%#x", 0xBEEF, "0xbeef"),
        Letter("X", _INT, "Hexadecimal, upper case.", "%08X", 0xBEEF, "0000BEEF"),
        Letter("o", _INT, "Octal.", "%#o", 8, "010"),
        Letter("c", _INT, "The character of the low 8 bits.", "%c", 0x41, "A"),
        Letter("s", _STR, "A string.", "%-6.4s|", "swapper", "swap  |"),
        Letter("p", _INT, "An address: `0x` and hexadecimal digits.", "%p", 0xB8000, "0xb8000"),
    )
}
FLAGS = {
    "-": "left-align within the width",
    "+": "a plus sign before positive signed numbers",
    " ": "a space before positive signed numbers",
    "#": "the prefix `0x`, `0X` or `0`",
    "0": "fill the width with zeros",
}
MODIFIERS = "hlqjztL"
"""Length modifiers of C. They are accepted and ignored: every integer has 64 bits."""
MOST_FLAGS = 5
MOST_DIGITS = 4
"""Largest number of digits of a width or precision."""

_NUMBER = rf"\*|[0-9]{{0,{MOST_DIGITS}}}"
PATTERN = re.compile(
    (
        rf"%[{re.escape(''.join(FLAGS))}]{{0,{MOST_FLAGS}}}(?P<width>{_NUMBER})(?:\.(?P<precision>{_NUMBER}))?"
        rf"[{MODIFIERS}]*(?P<letter>.?)"
    ).encode(),
    re.DOTALL,
)
"""One conversion, known or not; `%%` is none and must be excluded before. A width or precision may be `*`: it is taken
from an argument before the one that is converted. A negative width means the flag `-`, a negative precision none.
"""
SHAPE = f"`%`, flags, width, `.`precision and one of `{''.join(LETTERS)}`, or `%%`"
"""The shape of a conversion, for people."""
