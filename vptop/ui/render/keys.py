# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of aggregates as people read them: vectors, addresses with their symbols, numbers, names."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.kinds import is_stack
from vptop.model.plain import clean

ADDRESS = 1 << 32
"""Numbers from here on are shown in hexadecimal, and by symbol when one is near."""

VECTORS = {
    32: "timer",
    33: "keyboard",
    35: "serial 2",
    36: "serial",
    38: "floppy",
    40: "clock",
    41: "acpi",
    43: "network",
    44: "mouse",
    46: "disk",
    47: "disk 2",
}
"""Interrupt lines of this PC by vector, when the 8259 pair is programmed to 0x20-0x2f as kernels commonly do."""


def vector(number: int) -> str:
    """An interrupt vector with the line it usually is: `0x2e disk`."""
    return f"{number:#04x} {VECTORS[number]}" if number in VECTORS else f"{number:#04x}"


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
