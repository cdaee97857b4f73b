# SPDX-License-Identifier: GPL-2.0-or-later
"""Typing that takes time, as a person's does: keys one after the other, with pauses."""

from __future__ import annotations

from collections.abc import Iterator

from engine.machine.choices import TypingDevice
from engine.machine.inputs import Planned
from engine.machine.keystrokes import NAMED, KeysError, literal, read_stroke, scan_codes, words

__all__ = ["NAMED", "KeysError", "literal", "plan"]

STROKE_SECONDS = 0.01
"""Guest time from a key to the next: the BIOS keeps 15 keys that no program has read."""
MOST_WAIT = 10**9
_WAIT = "<wait "


def plan(keys: str, to: TypingDevice, tick: int, hz: int) -> list[Planned]:
    """When each key is pressed.

    Args:
        keys: the keys, with `<wait SECONDS>` between them.
        to: where they are typed.
        tick: when the first one is pressed.
        hz: ticks in a guest second.

    Raises:
        KeysError: a key is unknown, the keyboard has none for a character, or a wait is no number.
    """
    return list(_planned(keys, to, tick, hz))


def _planned(keys: str, to: TypingDevice, tick: int, hz: int) -> Iterator[Planned]:
    for place, word in words(keys):
        if word.lower().startswith(_WAIT):
            tick += round(_seconds(word, place) * hz)
            continue
        stroke = read_stroke(word, place)
        if to == "keyboard":
            scan_codes([stroke])
        yield Planned(tick, word, to)
        tick += round(STROKE_SECONDS * hz)


def _seconds(word: str, place: str) -> float:
    try:
        seconds = float(word[len(_WAIT) :].removesuffix(">"))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MOST_WAIT or not word.endswith(">"):
        raise KeysError(f"{place}`{word}`: expected guest seconds, as in `<wait 2.5>`")
    return seconds
