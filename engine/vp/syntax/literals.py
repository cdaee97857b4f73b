# SPDX-License-Identifier: GPL-2.0-or-later
"""Literals of VP (manual p. 11): their text and their value."""

from __future__ import annotations

import re

_MOST_DIGITS = 20
"""largest number of digits of a 64-bit integer"""
_MASK = (1 << 64) - 1
_ESCAPES = {"n": "\n", "t": "\t"}
_UNESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def integer_value(text: str) -> int:
    """Value of an integer literal, modulo 2^64."""
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    if digits[:2].lower() == "0x":
        return sign * int(digits[-16:] if len(digits) > 18 else digits, 16) & _MASK
    if len(digits) > 64:
        digits = digits[-64:]  # 10^64 is a multiple of 2^64; conversion of all takes quadratic time
    return sign * int(digits, 10) & _MASK


def fits(text: str) -> bool:
    """Whether an integer literal lies between -2^63 and 2^64 - 1."""
    digits = text.lstrip("+-")
    significant = (digits[2:] if digits[:2].lower() == "0x" else digits).lstrip("0")
    if len(significant) > _MOST_DIGITS:
        return False
    magnitude = int(significant or "0", 16 if digits[:2].lower() == "0x" else 10)
    return magnitude <= (1 << 63 if text[0] == "-" else _MASK)


def string_value(text: str) -> bytes:
    r"""Value of a quoted literal: \n \t \\ \" are escapes; any other backslash is dropped (manual p. 11)."""
    plain = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)
    return plain.encode("utf-8", "surrogatepass").replace(b"\0", b"")


def string_literal(value: bytes) -> str:
    """The quoted literal of a string, from which `string_value` gives the string again."""
    return f'"{value.decode("utf-8", "surrogatepass").translate(_UNESCAPES)}"'
