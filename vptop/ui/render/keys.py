# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of aggregates as people read them: vectors, addresses with their symbols, numbers, names."""

from __future__ import annotations

from collections.abc import Mapping

from engine.guest.symbols import Symbols
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.kinds import is_stack
from vptop.model.plain import clean

ADDRESS = 1 << 32
"""Numbers from here on are shown in hexadecimal, and by symbol when one is near."""


def vector(number: int, names: Mapping[int, str]) -> str:
    """An interrupt vector with what the guest uses it for: `0x2e disk`."""
    return f"{number:#04x} {clean(names[number])}" if number in names else f"{number:#04x}"


def integer(number: int, form: str, symbols: Symbols) -> str:
    """An integer key in the form a view hint asks for; without one, whatever says most."""
    if form == "dec":
        return str(number)
    if form == "sym" or (not form and number >= ADDRESS):
        return clean(symbols.describe(number))
    if form == "hex":
        return f"{number:#x}"
    return str(number)


def string(text: str, functions: tuple[str, ...] = ()) -> str:
    """A string key; a stack as the functions on it, innermost first."""
    if is_stack(text) and functions:
        return clean(" < ".join(reversed(functions)))
    return clean(text)


def titles(integers: int, strings: int, hint: ViewHint) -> list[KeyHint]:
    """Heading and form of each key column."""
    usual = [KeyHint("KEY" if integers == 1 else f"KEY{i + 1}") for i in range(integers)]
    usual += [KeyHint("NAME" if strings == 1 else f"NAME{i + 1}") for i in range(strings)]
    return [hint.keys[i] if i < len(hint.keys) else default for i, default in enumerate(usual)]
