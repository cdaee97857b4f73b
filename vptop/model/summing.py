# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows with equal keys summed into one, worked out on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.probes.frame import AggregateData
from vptop.model.arena import fingerprints
from vptop.model.rows import CARRIED, COUNT, LATEST, MAX, MIN, TOTAL, Indices, Integers, Measured

HALF = np.uint64(32)
LOW = np.uint64((1 << 32) - 1)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a Frame, by index, with their numbers over an interval."""

    indices: Indices
    values: Integers


def all_rows(data: AggregateData) -> Rows:
    """Every row, with the numbers that the script sees."""
    return Rows(np.arange(data.rows, dtype=np.uint32), np.frombuffer(data.values, "<u8").reshape(-1, 6))


def updated_rows(part: Measured) -> Rows:
    """The rows that were updated in the interval: their count and sum are those of the interval."""
    hits = part.hits
    indices = np.flatnonzero(hits).astype(np.uint32)
    values = part.values[indices]  # a copy
    if part.per_interval or part.before is None:
        return Rows(indices, values)
    before = np.frombuffer(part.before.values, "<u8").reshape(-1, 6)
    was = np.where(indices < len(before), indices.astype(np.int64), -1) if part.continues else part.joined[indices]
    continuing = np.flatnonzero(was >= 0)
    continuing = continuing[before[was[continuing], COUNT] <= values[continuing, COUNT]]
    then = before[was[continuing]]
    borrow = (values[continuing, TOTAL] < then[:, TOTAL]).astype(np.uint64)
    values[continuing, CARRIED] -= then[:, CARRIED] + borrow
    values[continuing, TOTAL] -= then[:, TOTAL]
    values[:, COUNT] = hits[indices]
    return Rows(indices, values)


def summed(parts: Sequence[AggregateData], rows: Sequence[Rows], keys: Sequence[int]) -> AggregateData:
    """Rows with equal keys as one, in order of first insertion.

    Args:
        parts: at least one; the last one is the newest, whose latest values count.
        rows: those of each part that are summed.
        keys: the key columns that are kept, in order, integers first.
    """
    chosen = [_with_keys(data, some.indices, keys) for data, some in zip(parts, rows, strict=True)]
    values = np.concatenate([some.values for some in rows])
    prints = np.concatenate([fingerprints(data) for data in chosen])
    _, first, group = np.unique(prints, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    sums = _sums(values, rank[group.reshape(-1)], len(order))
    return _packed(chosen, first[order], sums)


def _with_keys(data: AggregateData, rows: Indices, keys: Sequence[int]) -> AggregateData:
    """Some rows, with some of their keys, without values."""
    integers = np.frombuffer(data.integers, "<u8").reshape(-1, max(1, data.integer_keys))
    strings = np.frombuffer(data.strings, "<u4").reshape(-1, max(1, data.string_keys))
    numbers = [key for key in keys if key < data.integer_keys]
    texts = [key - data.integer_keys for key in keys if key >= data.integer_keys]
    return AggregateData(
        len(numbers),
        len(texts),
        len(rows),
        integers[rows][:, numbers].tobytes() if numbers else b"",
        strings[rows][:, texts].tobytes() if texts else b"",
        data.arena,
        b"",
        data.dropped,
        data.logged,
    )


def _sums(values: Integers, group: npt.NDArray[np.int64], groups: int) -> Integers:
    """Count, sum, extremes and latest value of each group; sums are of 128 bits."""
    found = np.zeros((groups, 6), np.uint64)
    found[:, MIN] = np.iinfo(np.uint64).max
    low, high = np.zeros(groups, np.uint64), np.zeros(groups, np.uint64)
    np.add.at(found[:, COUNT], group, values[:, COUNT])
    np.add.at(low, group, values[:, TOTAL] & LOW)
    np.add.at(high, group, values[:, TOTAL] >> HALF)
    np.add.at(found[:, CARRIED], group, values[:, CARRIED])
    high += low >> HALF
    found[:, TOTAL] = (high << HALF) | (low & LOW)
    found[:, CARRIED] += high >> HALF
    np.minimum.at(found[:, MIN], group, values[:, MIN])
    np.maximum.at(found[:, MAX], group, values[:, MAX])
    found[group, LATEST] = values[:, LATEST]  # of equal places the last one counts: the newest Frame's
    return found


def _packed(parts: Sequence[AggregateData], rows: npt.NDArray[np.int64], values: Integers) -> AggregateData:
    """The rows at these places of all parts, one after the other, with these values."""
    newest = parts[-1]
    begins = np.cumsum([0, *(part.rows for part in parts)])
    which = np.searchsorted(begins, rows, side="right") - 1
    integers = np.zeros((len(rows), newest.integer_keys), np.uint64)
    strings = np.zeros((len(rows), newest.string_keys), np.uint32)
    places: dict[bytes, int] = {b"": 0}
    arena = bytearray(1)
    for number in np.unique(which).tolist():
        part, mine = parts[number], np.flatnonzero(which == number)
        inside = rows[mine] - begins[number]
        if newest.integer_keys:
            integers[mine] = np.frombuffer(part.integers, "<u8").reshape(-1, newest.integer_keys)[inside]
        if newest.string_keys:
            offsets = np.frombuffer(part.strings, "<u4").reshape(-1, newest.string_keys)[inside]
            distinct, back = np.unique(offsets, return_inverse=True)
            moved = np.array([_place(part.arena, at, places, arena) for at in distinct.tolist()], np.uint32)
            strings[mine] = moved[back].reshape(offsets.shape)
    return AggregateData(
        newest.integer_keys,
        newest.string_keys,
        len(rows),
        integers.tobytes(),
        strings.tobytes(),
        bytes(arena),
        values.tobytes(),
        newest.dropped,
        newest.logged,
    )


def _place(source: bytes, at: int, places: dict[bytes, int], arena: bytearray) -> int:
    """Where a string is in the new arena, put there when it is new."""
    text = source[at : source.index(b"\0", at)]
    if (place := places.get(text)) is None:
        place = places[text] = len(arena)
        arena += text + b"\0"
    return place
