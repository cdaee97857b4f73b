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
    rb"%(?P<flags>[-+ #0]{0,5})(?P<width>\*|[0-9]{0,4})(?:\.(?P<precision>\*|[0-9]{0,4}))?[hlqjztL]*(?P<letter>.)",
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


def _size(text: bytes, rest: list[int | bytes]) -> int:
    """A width or precision; a `*` takes an argument, which C reads as a signed int. Nothing is wider than 9999."""
    if text != b"*":
        return int(text or 0)
    if not rest or isinstance(rest[0], bytes):
        raise RunTimeError(Kind.FORMAT)
    value = rest.pop(0)
    assert isinstance(value, int)
    signed = value - (1 << 64) if value >> 63 else value
    return max(-9999, min(9999, signed))


def _convert(match: re.Match[bytes], rest: list[int | bytes]) -> bytes:
    flags, letter, width = match["flags"], match["letter"], _size(match["width"], rest)
    if width < 0:
        flags, width = flags + b"-", -width
    precision = None if match["precision"] is None else _size(match["precision"], rest)
    precision = None if precision is not None and precision < 0 else precision
    if not rest:
        raise RunTimeError(Kind.FORMAT)
    argument = rest.pop(0)
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
        if match is None:
            raise RunTimeError(Kind.FORMAT)
        out += _convert(match, rest)
        position = match.end()
    return bytes(out + form[position:])
