# SPDX-License-Identifier: GPL-2.0-or-later
"""printf conversions as the C library has them, for 64-bit integers and strings (manual, pp. 21-22)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.engine.vp.oracle.faults import Kind, RunTimeError

STRING_LIMIT = 255
"""Strings are limited to 256 bytes with the NUL (manual, p. 30)."""
PRINT_LIMIT = 4096
"""One printf writes no more."""

_CONVERSION = re.compile(
    rb"%(?P<flags>[-+ #0]{0,5})(?P<width>[0-9]{0,4})(?:\.(?P<precision>[0-9]{0,4}))?[hlqjztL]*(?P<letter>.)",
    re.DOTALL,
)
_BASES = {b"d": "d", b"i": "d", b"u": "d", b"x": "x", b"X": "X", b"o": "o", b"p": "x"}


def _digits(letter: bytes, flags: bytes, precision: int | None, value: int) -> tuple[str, str]:
    """Sign or prefix, and digits, of an integer conversion."""
    prefix = ""
    if letter in {b"d", b"i"}:
        if value >> 63:
            prefix, value = "-", (1 << 64) - value
        elif b"+" in flags:
            prefix = "+"
        elif b" " in flags:
            prefix = " "
    digits = "" if precision == 0 and value == 0 else format(value, _BASES[letter])
    digits = digits.rjust(precision or 0, "0")
    if letter == b"p":
        prefix = "0x"
    elif b"#" in flags and letter in {b"x", b"X"} and value:
        prefix = "0" + letter.decode()
    elif b"#" in flags and letter == b"o" and not digits.startswith("0"):
        digits = "0" + digits
    return prefix, digits


def _pad(body: bytes, flags: bytes, width: int) -> bytes:
    return body.ljust(width) if b"-" in flags else body.rjust(width)


def _convert(match: re.Match[bytes], argument: int | bytes) -> bytes:
    flags, letter, width = match["flags"], match["letter"], int(match["width"] or 0)
    precision = None if match["precision"] is None else int(match["precision"] or 0)
    if isinstance(argument, bytes):
        if letter != b"s":
            raise RunTimeError(Kind.FORMAT)
        return _pad(argument[:precision], flags, width)
    if letter == b"c":
        return _pad(bytes([argument & 0xFF]), flags, width)
    if letter not in _BASES:
        raise RunTimeError(Kind.FORMAT)
    if letter == b"p":
        precision = None
    prefix, digits = _digits(letter, flags, precision, argument)
    if b"0" in flags and b"-" not in flags and precision is None:
        digits = digits.rjust(width - len(prefix), "0")
    return _pad((prefix + digits).encode(), flags, width)


def render(form: bytes, arguments: Sequence[int | bytes]) -> bytes:
    """The text that a format makes of its arguments.

    Raises:
        RunTimeError: a conversion lacks its argument or does not fit it. Arguments left over are ignored, as in C.
    """
    out, position, rest = bytearray(), 0, list(arguments)
    while (start := form.find(b"%", position)) >= 0:
        out += form[position:start]
        if form[start : start + 2] == b"%%":
            out += b"%"
            position = start + 2
            continue
        match = _CONVERSION.match(form, start)
        if match is None or not rest:
            raise RunTimeError(Kind.FORMAT)
        out += _convert(match, rest.pop(0))
        position = match.end()
    return bytes(out + form[position:])
