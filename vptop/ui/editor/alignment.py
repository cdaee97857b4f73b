# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of two versions of a text belong together, in a time that hardly grows with the number of changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Block = tuple[int, int, int]
"""Index in the first version, index in the second, and number of equal lines."""
MOST_COMPARED = 10_000
"""Pairs of lines between two anchors up to which every pair is looked at."""


class Alignment:
    """How the lines of a text lie over those of an earlier version. Lines count from 0."""

    def __init__(self, old: Sequence[str] = (), new: Sequence[str] = ()) -> None:
        self._blocks = list(blocks(old, new))

    def now(self, line: int) -> int | None:
        """Where a line of the earlier version stands now; None: it is gone."""
        at = bisect_right(self._blocks, line, key=lambda block: block[0]) - 1
        begin, new_begin, size = self._blocks[at] if at >= 0 else (0, 0, 0)
        return new_begin + line - begin if line < begin + size else None

    def __contains__(self, line: object) -> bool:
        """A line of the text was there before."""
        at = bisect_right(self._blocks, line, key=lambda block: block[1]) - 1 if isinstance(line, int) else -1
        return at >= 0 and isinstance(line, int) and line < self._blocks[at][1] + self._blocks[at][2]


def blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """The stretches of equal lines of two versions, in order.

    The equal lines at both ends are found first. Between them, lines that occur once in each version are anchors (the
    patience algorithm of B. Cohen), and only what lies between two anchors is compared line by line.
    """
    start, end = _ends(old, new)
    if start:
        yield 0, 0, start
    yield from _between(old, new, start, len(old) - end, start, len(new) - end)
    if end:
        yield len(old) - end, len(new) - end, end


def _ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """The numbers of equal lines at the start, and at the end behind those."""
    most, start, end = min(len(old), len(new)), 0, 0
    while start < most and old[start] == new[start]:
        start += 1
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _between(
    old: Sequence[str], new: Sequence[str], first: int, last: int, new_first: int, new_last: int
) -> Iterator[Block]:
    anchors = _anchors(old[first:last], new[new_first:new_last])
    at, new_at = first, new_first
    for one, other in (*anchors, (last - first, new_last - new_first)):
        yield from _compared(old, new, at, first + one, new_at, new_first + other)
        at, new_at = first + one, new_first + other
        if at < last:
            yield at, new_at, 1
            at, new_at = at + 1, new_at + 1


def _compared(
    old: Sequence[str], new: Sequence[str], first: int, last: int, new_first: int, new_last: int
) -> Iterator[Block]:
    """The equal lines of a stretch without anchors; a long one is compared by its rarer lines alone."""
    some, others = old[first:last], new[new_first:new_last]
    if set(some).isdisjoint(others):
        return
    matcher = SequenceMatcher(None, some, others, autojunk=len(some) * len(others) > MOST_COMPARED)
    for block in matcher.get_matching_blocks():
        if block.size:
            yield first + block.a, new_first + block.b, block.size


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that occur once in each version and stand in the same order in both: the longest such sequence."""
    places = {line: index for index, line in enumerate(new)}
    shared = places.keys() & set(old)
    if not shared:
        return []
    counts, new_counts = (Counter(line for line in lines if line in shared) for lines in (old, new))
    ends: list[int] = []
    """for each length, the smallest index in the second version at which a sequence of it ends"""
    best: list[int] = []
    """for each length, the common line that is at this end"""
    common = [(index, places[line]) for index, line in enumerate(old) if counts[line] == 1 and new_counts[line] == 1]
    before: list[int] = []
    for number, (_, place) in enumerate(common):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        best[length : length + 1] = [number]
        before.append(best[length - 1] if length else -1)
    found: list[tuple[int, int]] = []
    number = best[-1] if best else -1
    while number >= 0:
        found.append(common[number])
        number = before[number]
    return found[::-1]
