# SPDX-License-Identifier: GPL-2.0-or-later
"""The known names nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

MOST = 3
LEAST = 0.65
"""smallest similarity of a name that is suggested, from 0 to 1"""
NEAR = 0.8
"""smallest similarity of a name that a fix puts in the place of another"""


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three known names that are similar to this one, best first; case is ignored."""
    names = sorted(set(known))
    same = [candidate for candidate in names if candidate.lower() == name.lower()]
    by_lower = {candidate.lower(): candidate for candidate in names}
    close = [by_lower[match] for match in get_close_matches(name.lower(), by_lower, MOST, LEAST)]
    tails = [candidate for candidate in names if _same_words(name, candidate)]
    return tuple(dict.fromkeys(same + close + tails))[:MOST]


def is_near(name: str, other: str) -> bool:
    """Whether one name may well be a misspelling of the other."""
    ratio = SequenceMatcher(None, name.lower(), other.lower()).ratio()
    return ratio >= NEAR or _same_words(name, other)


def _same_words(name: str, other: str) -> bool:
    """Whether names of several words differ in one word: print-stack-32 and dump-stack-32."""
    mine, theirs = name.split("-"), other.split("-")
    if len(mine) != len(theirs) or len(mine) < 2:
        return False
    return sum(SequenceMatcher(None, a, b).ratio() == 1.0 for a, b in zip(mine, theirs, strict=True)) == len(mine) - 1
