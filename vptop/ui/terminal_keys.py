# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that Textual takes for others."""

from __future__ import annotations

from string import ascii_lowercase, digits
from typing import NamedTuple, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _Key(NamedTuple):
    """A key as Textual's table of what terminals send has them."""

    value: str


def know_alt_keys() -> None:
    """Read Escape with a digit or small letter behind it as Alt with that character, at once.

    Textual reads a digit as the character that Option+digit has on a keyboard of macOS, such as `™` for 2, and waits
    behind a letter for more; where another key follows meanwhile, it takes Escape for `^`.
    """
    known = cast("dict[str, tuple[_Key, ...]]", ANSI_SEQUENCES_KEYS)
    for char in digits + ascii_lowercase:
        if char in digits or f"\x1b{char}" not in known:
            known[f"\x1b{char}"] = (_Key(f"alt+{char}"),)
