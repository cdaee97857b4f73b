# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows with equal keys summed into one, worked out on whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from engine.probes.frame import CARRIED, COUNT, LATEST, MAX, MIN, TOTAL, AggregateData
from vptop.model.arena import ends_of, hashes, used
from vptop.model.blocks import blocks
from vptop.model.columns import Integers, pack
from vptop.model.groups import Groups, numbered
from vptop.model.rows import Indices, Measured

HALF = np.uint64(32)
LOW = np.uint64((1 << 32) - 1)
TOP = (1 << 64) - 1
Line = npt.NDArray[np.int32]
"""For each group, or row, the line that it is summed into; -1: it was not updated."""
Parts = npt.NDArray[np.uint32]
"""For each group the part in which it appears first."""


def summed(parts: Sequence[Measured], keys: Sequence[int]) -> AggregateData:
    """Rows that were updated in some intervals, those with equal keys as one, in order of first insertion.

    Their counts and sums are those of the intervals.

    Args:
        parts: at least one, oldest first: the latest values are those of the newest.
        keys: the key columns that are kept, in order, integers first.
    """
    groups = Groups(parts, keys)
    del groups.prints  # a million rows are a matter of megabytes here
    kept = np.flatnonzero(groups.totals).astype(np.uint32)
    line = np.full(len(groups), -1, np.int32)
    line[kept] = np.arange(len(kept), dtype=np.int32)
    newest = parts[-1].data
    numbers = [key for key in keys if key < newest.integer_keys]
    texts = [key - newest.integer_keys for key in keys if key >= newest.integer_keys]
    part, rows = groups.part[kept], groups.row[kept]
    offsets, arena = _texts(parts, part, rows, texts)
    columns: Iterator[Integers | Indices] = chain(
        _integers(parts, part, rows, numbers), offsets, _values(groups, kept, line)
    )
    del part, rows
    return AggregateData(
        len(numbers),
        len(texts),
        pack(len(kept), columns),
        arena,
        newest.dropped,
        newest.logged,
    )


@dataclass(frozen=True, slots=True)
class Updates:
    """Rows of a block of a part that were updated in its interval."""

    part: Measured
    rows: Indices
    then: Indices
    """those that go on counting from the start of the interval, by their places in `rows`"""
    before: Indices
    """the rows that these were"""

    def values(self, value: int) -> Integers:
        """One of the VALUES of these rows; a half of the sum over the interval."""
        found = self.part.values[self.rows, value]
        if value in (TOTAL, CARRIED) and len(self.then):
            found[self.then] -= self.part.values_before[self.before, value]
        if value == CARRIED and len(self.then):
            low = self.part.values[self.rows[self.then], TOTAL]
            found[self.then] -= (low < self.part.values_before[self.before, TOTAL]).astype(np.uint64)
        return found


def updates(part: Measured, block: slice) -> Updates:
    """Those of a block."""
    rows = (np.flatnonzero(part.hits[block]) + block.start).astype(np.uint32)
    none = np.zeros(0, np.uint32)
    if part.per_interval or part.before is None:
        return Updates(part, rows, none, none)
    was = np.where(rows < part.before.rows, rows.astype(np.int64), -1) if part.continues else part.joined[rows]
    then = np.flatnonzero(was >= 0)
    then = then[part.values_before[was[then], COUNT] <= part.values[rows[then], COUNT]]  # else it was cleared
    return Updates(part, rows, then.astype(np.uint32), was[then].astype(np.uint32))


def _values(groups: Groups, kept: Indices, line: Line) -> Iterator[Integers]:
    """VALUES of each line, column by column, so that few are there at once."""

    def reduced(by: np.ufunc, begin: int, value: int) -> Integers:
        found = np.full(len(kept), begin, np.uint64)
        for at, one in _updates(groups, line):
            by.at(found, at, one.values(value))
        return found

    yield groups.totals[kept]
    total, carried = _sums(groups, line, len(kept))
    yield total
    del total
    yield reduced(np.minimum, TOP, MIN)
    yield reduced(np.maximum, 0, MAX)
    latest = np.zeros(len(kept), np.uint64)
    for at, one in _updates(groups, line):
        latest[at] = one.values(LATEST)  # of equal places the last one counts: the newest Frame's
    yield latest
    yield carried


def _sums(groups: Groups, line: Line, lines: int) -> tuple[Integers, Integers]:
    """The halves of sums of 128 bits."""
    low, high = np.zeros(lines, np.uint64), np.zeros(lines, np.uint64)
    carried = np.zeros(1, np.uint64)  # of all lines, until one has more than 64 bits
    for at, one in _updates(groups, line):
        total, above = one.values(TOTAL), one.values(CARRIED)
        np.add.at(low, at, total & LOW)
        np.add.at(high, at, total >> HALF)
        if above.any():
            carried = carried if len(carried) == lines else np.zeros(lines, np.uint64)
            np.add.at(carried, at, above)
    for block in blocks(lines):
        high[block] += low[block] >> HALF
    if int(high.max(initial=0)) >> int(HALF):
        carried = carried + (high >> HALF)
    high <<= HALF
    low &= LOW
    high |= low
    return high, carried


def _updates(groups: Groups, line: Line) -> Iterator[tuple[Line, Updates]]:
    """The updates of all parts, block by block, and the lines that they are summed into."""
    for part, numbers in zip(groups.parts, groups.numbers, strict=True):
        for block in blocks(len(part)):
            found = updates(part, block)
            yield line[numbers[found.rows]], found


def _integers(parts: Sequence[Measured], part: Parts, rows: Indices, columns: Sequence[int]) -> Iterator[Integers]:
    """Integer keys of these rows of these parts, column by column."""
    for column in columns:
        found = np.zeros(len(rows), np.uint64)
        for at, one in enumerate(parts):
            mine = np.flatnonzero(part == at)
            found[mine] = one.integers[rows[mine], column]
        yield found


def _texts(
    parts: Sequence[Measured], part: Parts, rows: Indices, columns: Sequence[int]
) -> tuple[list[Indices], bytes]:
    """String keys of these rows of these parts, column by column, and the arena that they are in."""
    found = [np.zeros(len(rows), np.uint32) for _ in columns]
    mine = [np.flatnonzero(part == at) for at in range(len(parts))]
    for at, one in enumerate(parts):
        for column_at, key in enumerate(columns):
            found[column_at][mine[at]] = one.offsets[rows[mine[at]], key]
    newest = parts[-1].data.arena
    if not columns:
        return found, b"\0"
    if all(newest.startswith(one.data.arena) for one in parts):
        return found, newest
    places = [
        used(one.data.arena, np.concatenate([column[mine[at]] for column in found])) for at, one in enumerate(parts)
    ]
    prints = [hashes(one.data.arena, places[at]) for at, one in enumerate(parts)]
    first, numbers, _ = numbered(np.concatenate(prints))
    moved, arena = _arena(parts, places, first)
    begin = 0
    for at, here in enumerate(places):
        now = moved[numbers[begin : begin + len(here)]]
        for column in found:
            column[mine[at]] = now[np.searchsorted(here, column[mine[at]])]
        begin += len(here)
    return found, arena


def _arena(parts: Sequence[Measured], places: Sequence[Indices], first: Indices) -> tuple[Indices, bytes]:
    """An arena of some of the strings at these places of all parts, and where they are in it."""
    arena, moved, begin = bytearray(1), [np.zeros(0, np.uint32)], 0
    for one, here in zip(parts, places, strict=True):
        wanted = here[first[(first >= begin) & (first < begin + len(here))] - begin]
        ends = ends_of(one.data.arena, wanted) + np.uint32(1)
        lengths = (ends - wanted).astype(np.int64)
        moved.append((len(arena) + np.cumsum(lengths) - lengths).astype(np.uint32))
        for block in blocks(len(wanted)):
            pairs = zip(wanted[block].tolist(), ends[block].tolist(), strict=True)
            arena += b"".join([one.data.arena[start:end] for start, end in pairs])
        begin += len(here)
    return np.concatenate(moved), bytes(arena)
