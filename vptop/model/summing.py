# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows with equal keys summed into one, worked out on whole columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.probes.frame import CARRIED, COUNT, LATEST, MAX, MIN, TOTAL, VALUES, AggregateData
from vptop.model.arena import ends_of, hashes, used
from vptop.model.blocks import blocks
from vptop.model.columns import Integers, pack
from vptop.model.groups import Groups, numbered
from vptop.model.rows import Indices, Measured

HALF = np.uint64(32)
LOW = np.uint64((1 << 32) - 1)


def summed(parts: Sequence[Measured], keys: Sequence[int]) -> AggregateData:
    """Rows that were updated in some intervals, those with equal keys as one, in order of first insertion.

    Their counts and sums are those of the intervals.

    Args:
        parts: at least one, oldest first: the latest values are those of the newest.
        keys: the key columns that are kept, in order, integers first.
    """
    groups = Groups(parts, keys)
    kept = np.flatnonzero(groups.totals)
    line = np.full(len(groups), -1, np.int64)
    line[kept] = np.arange(len(kept))
    newest = parts[-1].data
    numbers = [key for key in keys if key < newest.integer_keys]
    texts = [key - newest.integer_keys for key in keys if key >= newest.integer_keys]
    part, rows = groups.part[kept], groups.row[kept]
    offsets, arena = _texts(parts, part, rows, texts)
    return AggregateData(
        len(numbers),
        len(texts),
        pack([*_integers(parts, part, rows, numbers), *offsets, *_values(groups, line, len(kept))]),
        arena,
        newest.dropped,
        newest.logged,
    )


def updated(part: Measured, block: slice) -> tuple[npt.NDArray[np.int64], Integers]:
    """The rows of a block that were updated in the interval, by index, with their numbers over it."""
    rows = np.flatnonzero(part.hits[block]) + block.start
    values = part.values[rows]  # a copy
    if part.per_interval or part.before is None:
        return rows, values
    before = part.values_before
    was = np.where(rows < part.before.rows, rows, -1) if part.continues else part.joined[rows]
    continuing = np.flatnonzero(was >= 0)
    continuing = continuing[before[was[continuing], COUNT] <= values[continuing, COUNT]]
    then = before[was[continuing]]
    borrow = (values[continuing, TOTAL] < then[:, TOTAL]).astype(np.uint64)
    values[continuing, CARRIED] -= then[:, CARRIED] + borrow
    values[continuing, TOTAL] -= then[:, TOTAL]
    values[:, COUNT] = part.hits[rows]
    return rows, values


def _values(groups: Groups, line: npt.NDArray[np.int64], lines: int) -> list[Integers]:
    """VALUES of each line, column by column: count, sum, extremes and latest value."""
    found = [np.zeros(lines, np.uint64) for _ in range(VALUES)]
    found[MIN][:] = np.iinfo(np.uint64).max
    low, high = np.zeros(lines, np.uint64), np.zeros(lines, np.uint64)
    for part, numbers in zip(groups.parts, groups.numbers, strict=True):
        for block in blocks(len(part)):
            rows, values = updated(part, block)
            at = line[numbers[rows]]
            np.add.at(found[COUNT], at, values[:, COUNT])
            np.add.at(low, at, values[:, TOTAL] & LOW)
            np.add.at(high, at, values[:, TOTAL] >> HALF)
            np.add.at(found[CARRIED], at, values[:, CARRIED])
            np.minimum.at(found[MIN], at, values[:, MIN])
            np.maximum.at(found[MAX], at, values[:, MAX])
            found[LATEST][at] = values[:, LATEST]  # of equal places the last one counts: the newest Frame's
    high += low >> HALF
    found[TOTAL] = (high << HALF) | (low & LOW)
    found[CARRIED] += high >> HALF
    return found


def _integers(
    parts: Sequence[Measured], part: npt.NDArray[np.intp], rows: Indices, columns: Sequence[int]
) -> list[Integers]:
    """Integer keys of these rows of these parts, column by column."""
    found = [np.zeros(len(rows), np.uint64) for _ in columns]
    for at, one in enumerate(parts):
        mine = np.flatnonzero(part == at)
        for column, key in enumerate(columns):
            found[column][mine] = one.integers[rows[mine], key]
    return found


def _texts(
    parts: Sequence[Measured], part: npt.NDArray[np.intp], rows: Indices, columns: Sequence[int]
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
