# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys pass a word or a pattern of a filter, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np

from engine.text import escape
from vptop.model.arena import Places, ends_of, starts
from vptop.model.blocks import blocks
from vptop.model.columns import Integers
from vptop.model.filterexpr import Pattern, Words
from vptop.model.rows import Mask

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
    words = _any_of(test)
    for block in blocks(len(column), abandoned, CHUNK):
        distinct, places = np.unique(column[block], return_inverse=True)
        found[block] = _matching(map(shown, distinct.tolist()), test, words)[places]
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
    words = _any_of(test)
    for block in blocks(len(places), abandoned, CHUNK):
        begin, end = int(places[block.start]), int(ends[block.stop - 1])
        plain = shown is None and _ODD.search(arena, begin, end) is None
        if plain and words is not None:
            found[block] = _holding(words, arena[begin:end].lower(), places[block] - begin, ends[block] - begin)
            continue
        pairs = zip(places[block].tolist(), ends[block].tolist(), strict=True)
        texts = map(escape, [arena[start:stop] for start, stop in pairs])
        found[block] = _matching(map(shown, texts) if shown else texts, test, words)
    return found


def _any_of(test: Words | Pattern) -> re.Pattern[bytes] | None:
    """Finds each string that holds one of the words once, from the first of them to its end; None: these are no words.

    The strings are in lower case and end with NUL.
    """
    if not isinstance(test, Words) or not test.choices:
        return None
    return re.compile(rb"(?:" + b"|".join(re.escape(word.encode()) for word in test.choices) + rb")[^\0]*")


def _matching(texts: Iterable[str], test: Words | Pattern, words: re.Pattern[bytes] | None) -> Mask:
    """Which texts pass."""
    if words is None:
        return np.array([test.matches(text) for text in texts], bool)
    joined = "".join(f"{text}\0" for text in texts).lower().encode()
    places = starts(joined)
    return _holding(words, joined, places, ends_of(joined, places))


def _holding(words: re.Pattern[bytes], texts: bytes, begins: Places, ends: Places) -> Mask:
    """Which of the strings at these places hold one of the words."""
    held = np.zeros(len(begins), bool)
    at = np.array([match.start() for match in words.finditer(texts)], np.int64)
    string = np.searchsorted(ends, at)
    held[string[begins[string] <= at]] = True  # there may be others between them
    return held
