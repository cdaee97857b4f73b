# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of some intervals put together by some of their keys, on whole columns, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vptop.model.arena import Fingerprints, Hashes, hashes, used
from vptop.model.blocks import blocks, never
from vptop.model.cached import cached
from vptop.model.columns import Integers
from vptop.model.rows import Indices, Measured, RawKey, summed_by

Lines = npt.NDArray[np.int64]
"""For each group a line of a table that it is counted in, -1: in none."""
NOTHING = np.zeros(0, np.uint64)
NOWHERE = np.uint32(0xFFFFFFFF)
"""An index that no row has."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Updates by line and first integer key, those of which there are any, in order."""

    lines: Lines
    firsts: Integers
    counts: Integers

    def of_lines(self, lines: int) -> list[dict[int, int]]:
        """The updates of each line by first integer key."""
        found: list[dict[int, int]] = [{} for _ in range(lines)]
        for line, first, count in zip(self.lines.tolist(), self.firsts.tolist(), self.counts.tolist(), strict=True):
            found[line][first] = count
        return found


def numbered(values: Hashes) -> tuple[Indices, Indices, Hashes]:
    """Number the different values in order of their first appearance. The values themselves are used up.

    Returns:
        Where each of them appears first, for each value its number, and the different values.
    """
    order = values.argsort(kind="stable").astype(np.uint32)
    values.sort()
    changes = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    first = order[changes]
    appearance = np.argsort(first).astype(np.uint32)
    number = np.empty(len(first), np.uint32)
    number[appearance] = np.arange(len(first), dtype=np.uint32)
    found = np.empty(len(values), np.uint32)
    rank = -1
    for block in blocks(len(values)):
        ranks = rank + np.cumsum(changes[block])
        found[order[block]] = number[ranks]
        rank = int(ranks[-1])
    del order, number
    distinct = values if len(first) == len(values) else values[changes]
    return first[appearance], found, distinct[appearance]


def _places(values: Hashes, known: Hashes, abandoned: Callable[[], bool]) -> Indices:
    """Where each value is among known ones, which differ from each other; NOWHERE: it is none of these."""
    order = known.argsort().astype(np.uint32)
    ordered = known[order]
    found = np.full(len(values), NOWHERE)
    for block in blocks(len(values) if len(known) else 0, abandoned):
        at = np.minimum(np.searchsorted(ordered, values[block]), len(known) - 1)
        found[block] = np.where(ordered[at] == values[block], order[at], NOWHERE)
    return found


class Groups:
    """The rows of some intervals; those with equal keys have the same number, in order of first appearance."""

    def __init__(self, parts: Sequence[Measured], keys: Collection[int], abandoned: Callable[[], bool] = never) -> None:
        """Number the rows.

        Args:
            parts: intervals, at least one, oldest first.
            keys: key columns, integers first.
            abandoned: the result is no longer wanted.

        Raises:
            Abandoned: `abandoned` said so.
        """
        self.parts = parts
        self._abandoned = abandoned
        self.row, numbers, self.prints = self._of_part(parts[0], keys)
        """where each group appears first, and a fingerprint of it"""
        self.numbers = [numbers]
        """of each row, by part"""
        self.part = np.zeros(len(self.row), np.uint32)
        """in which part each group appears first"""
        for part in parts[1:]:
            self._join(*self._of_part(part, keys))

    def _of_part(self, part: Measured, keys: Collection[int]) -> tuple[Indices, Indices, Hashes]:
        """First rows, numbers of all rows, and fingerprints of the groups of one part."""
        data = part.data
        text = next(iter(keys), 0) - data.integer_keys
        if len(keys) != 1 or text < 0:
            maker = Fingerprints(data, keys)
            prints = np.empty(len(part), np.uint64)
            for block in blocks(len(part), self._abandoned):
                prints[block] = maker.of(block)
            return numbered(prints)
        places = used(data.arena, part.offsets[:, text])  # of one string key the places are its groups
        numbers, first = np.empty(len(part), np.uint32), np.empty(len(places), np.uint32)
        for block in reversed([*blocks(len(part), self._abandoned)]):
            numbers[block] = np.searchsorted(places, part.offsets[block, text])
            first[numbers[block][::-1]] = np.arange(block.start, block.stop, dtype=np.uint32)[::-1]
        return first, numbers, hashes(data.arena, places)

    def _join(self, first: Indices, numbers: Indices, prints: Hashes) -> None:
        """Take in the groups of the next part: those that are known have the number that they have had."""
        known, part = len(self.prints), len(self.numbers)
        self.numbers.append(numbers)
        if np.array_equal(prints, self.prints[: len(prints)]):
            return
        joined = _places(prints, self.prints, self._abandoned)
        new = np.flatnonzero(joined == NOWHERE)
        joined[new] = np.arange(known, known + len(new), dtype=np.uint32)
        for block in blocks(len(numbers), self._abandoned):
            numbers[block] = joined[numbers[block]]
        self.prints = np.concatenate([self.prints, prints[new]])
        self.row = np.concatenate([self.row, first[new]])
        self.part = np.concatenate([self.part, np.full(len(new), part, np.uint32)])

    def __len__(self) -> int:
        return len(self.row)

    @cached
    def totals(self) -> Integers:
        """The updates of each group."""
        found = np.zeros(len(self), np.uint64)
        for part, numbers in zip(self.parts, self.numbers, strict=True):
            for block in blocks(len(part), self._abandoned):
                np.add.at(found, numbers[block], part.hits[block])
        return found

    def key(self, group: int) -> RawKey:
        """The keys of the row in which a group appears first."""
        return self.parts[int(self.part[group])].raw_key(int(self.row[group]))

    def places(self, part: int, column: int) -> tuple[Lines, Indices]:
        """The groups that appear first in a part, and where their strings are in its arena."""
        mine = np.flatnonzero(self.part == part)
        return mine, self.parts[part].offsets[self.row[mine], column]

    @cached
    def firsts(self) -> Integers:
        """The first integer keys of the rows that were updated, in order."""
        return np.unique(np.concatenate([part.by_first[0] for part in self.parts]))

    def cells(self, lines: Lines, firsts: Integers) -> Cells:
        """Count by the first integer key.

        Args:
            lines: for each group the line that it is counted in.
            firsts: the first integer keys that are counted, in order.
        """
        counted = [(NOTHING, NOTHING)]
        for part, numbers in zip(self.parts, self.numbers, strict=True):
            for block in blocks(len(part) if len(firsts) else 0, self._abandoned):
                line, keys, hits = lines[numbers[block]], part.integers[block, 0], part.hits[block]
                column = np.minimum(np.searchsorted(firsts, keys), len(firsts) - 1)
                chosen = np.flatnonzero((line >= 0) & (hits > 0) & (firsts[column] == keys))
                places = line[chosen] * len(firsts) + column[chosen]
                counted.append(summed_by(places.astype(np.uint64), hits[chosen]))
        cells, counts = summed_by(*map(np.concatenate, zip(*counted, strict=True)))
        line, column = np.divmod(cells.astype(np.int64), max(1, len(firsts)))
        return Cells(line, firsts[column], counts)
