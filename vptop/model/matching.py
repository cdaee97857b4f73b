# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys pass a word or a pattern of a filter, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from engine.text import escape
from vptop.model.arena import Places, ends_of
from vptop.model.blocks import blocks
from vptop.model.filterexpr import Pattern, Words
from vptop.model.rows import Integers, Mask

CHUNK = 4096
"""Keys that are matched between two looks whether the result is still wanted."""
_ODD = re.compile(rb"[^\0 -\[\]-~]")
"""A byte that is not shown as it is."""


def numbers_match(
    column: Integers, shown: Callable[[int], str], test: Words | Pattern, abandoned: Callable[[], bool]
) -> Mask:
    """Which numbers pass, as they are shown.

    Raises:
        Abandoned: `abandoned` said so.
    """
    found = np.zeros(len(column), bool)
    for block in blocks(len(column), abandoned, CHUNK):
        distinct, places = np.unique(column[block], return_inverse=True)
        found[block] = np.array([test.matches(shown(number)) for number in distinct.tolist()])[places]
    return found


def strings_match(
    arena: bytes,
    places: Places,
    shown: Callable[[str], str] | None,
    test: Words | Pattern,
    abandoned: Callable[[], bool],
) -> Mask:
    """Which strings pass, as they are shown.

    Args:
        arena: NUL-terminated strings.
        places: where the strings begin, in order.
        shown: what is shown of an escaped string; None: that itself.
        test: what they are to pass.
        abandoned: the result is no longer wanted.

    Raises:
        Abandoned: `abandoned` said so.
    """
    found = np.zeros(len(places), bool)
    ends = ends_of(arena, places)
    for block in blocks(len(places), abandoned, CHUNK):
        begin, end = int(places[block.start]), int(ends[block.stop - 1])
        plain = shown is None and _ODD.search(arena, begin, end) is None
        words = [choice.encode() for choice in test.choices] if isinstance(test, Words) else []
        if plain and words:
            lowered = arena[begin:end].lower()
            words = [word for word in words if word in lowered]
            if not words:
                continue
        pairs = zip(places[block].tolist(), ends[block].tolist(), strict=True)
        texts = [arena[start:stop] for start, stop in pairs]
        if plain and words:
            found[block] = [any(word in text for word in words) for text in map(bytes.lower, texts)]
        elif plain:
            found[block] = [test.matches(text.decode()) for text in texts]
        else:
            found[block] = [test.matches(shown(text) if shown else text) for text in map(escape, texts)]
    return found
