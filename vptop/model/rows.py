# SPDX-License-Identifier: GPL-2.0-or-later
"""What an aggregate did between two Frames. Rows stay packed in columns; one is unpacked when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.probes.frame import CARRIED, COUNT, MAX, MIN, TOTAL, AggregateData, AggregateId, Row
from engine.text import escape
from vptop.model.arena import Fingerprints
from vptop.model.blocks import blocks
from vptop.model.cached import cached
from vptop.model.columns import Integers, Table, integers_of, offsets_of, values_of

Key = tuple[tuple[int, ...], tuple[str, ...]]
"""Integer keys and string keys, as they are shown."""
RawKey = tuple[tuple[int, ...], tuple[bytes, ...]]
"""The same with the bytes of the strings: what makes a row the same row in the next Frame."""
Indices = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

CLEARED_EARLY = 1e-3
"""Seconds by which a script that clears at the end of a second may do so before the Frame is made: a block at most."""
MOST_HIGHEST = 100
OF_INTERVAL = ("by_first", "by_number", "extremes", "highest")
"""Columns that follow from the rows that were updated in an interval."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of an aggregate at one moment."""

    index: int
    """in the Frame"""
    key: Key
    count: int
    """as the script sees it"""
    total: int
    """sum of the values"""
    min: int
    max: int
    latest: int
    hits: int
    """updates in the interval that ends at this moment"""
    rate: float
    """updates per guest second in the interval"""
    new: bool = False
    """there was no such row before"""
    raw: RawKey = ((), ())
    """the keys as they are in the Frame"""

    @property
    def avg(self) -> int:
        """Integer quotient, as VP gives it."""
        return self.total // self.count if self.count else 0

    def row(self) -> Row:
        """As it stands in the Frame."""
        return Row(*self.key, self.count, self.avg, self.min, self.max, self.latest)


@dataclass(frozen=True, eq=False, repr=False)
class Measured:
    """An aggregate over the interval that ended at one moment, a sequence of rows in order of first insertion."""

    aggregate: AggregateId
    data: AggregateData
    previous: AggregateData | None
    """its rows at the start of the interval; None when it was loaded later, or that Frame is not known"""
    seconds: float
    """guest seconds in which the updates of the interval were counted; 0 gives rates of 0"""
    per_interval: bool = False
    """it was loaded or cleared in the interval: count, min and max are of this interval alone"""

    @classmethod
    def against(
        cls, aggregate: AggregateId, data: AggregateData, before: AggregateData | None, began: int, hz: int
    ) -> Measured:
        """Measure it in an interval.

        Args:
            aggregate: which one.
            data: at the end of the interval.
            before: at its beginning; rows that were cleared since then are counted from nothing.
            began: the tick then.
            hz: ticks in a guest second.
        """
        if before is not None and before.since == data.since:
            return cls(aggregate, data, before, (data.until - before.until) / hz)
        begins_here = before is not None or data.since >= began - CLEARED_EARLY * hz
        return cls(aggregate, data, before, (data.until - data.since) / hz, per_interval=begins_here)

    @property
    def before(self) -> AggregateData | None:
        """The rows from which it went on counting; None where it was cleared, too."""
        return None if self.per_interval else self.previous

    @property
    def known(self) -> bool:
        """Its updates are those of the interval; else of all the time since it was loaded or cleared."""
        return self.per_interval or self.before is not None

    def measures(self, other: Measured) -> bool:
        """Whether it is the same aggregate over the same interval."""
        return (
            self.data is other.data
            and self.previous is other.previous
            and self.seconds == other.seconds
            and self.per_interval == other.per_interval
        )

    def __len__(self) -> int:
        return self.data.rows

    def __iter__(self) -> Iterator[Measure]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, index: int) -> Measure:
        count, low_half, low, high, latest, high_half = self.values.row(index)
        was = self.index_before(index)
        hits = count - self._count_before(was, count)
        raw = self.raw_key(index)
        return Measure(
            index=index,
            key=_shown(raw),
            count=count,
            total=high_half << 64 | low_half,
            min=low,
            max=high,
            latest=latest,
            hits=hits,
            rate=hits / self.seconds if self.seconds > 0 else 0.0,
            new=self.previous is not None and was is None,
            raw=raw,
        )

    # --- columns ---

    @cached
    def values(self) -> Table[np.uint64]:
        """VALUES of each row."""
        return values_of(self.data)

    @cached
    def integers(self) -> Table[np.uint64]:
        """The integer keys of each row."""
        return integers_of(self.data)

    @cached
    def offsets(self) -> Table[np.uint32]:
        """Places in the arena of the string keys of each row."""
        return offsets_of(self.data)

    @cached
    def hits(self) -> Integers:
        """Updates of each row in the interval."""
        hits = self.values[:, COUNT]
        if self.per_interval or self.before is None:
            return hits
        before = self.values_before
        if self.continues:
            for block in blocks(self.before.rows):
                hits[block] = _grown(before[block, COUNT], hits[block])
            return hits
        for block in blocks(len(self)):
            was = self.joined[block]
            found = np.flatnonzero(was >= 0)
            hits[block][found] = _grown(before[was[found], COUNT], hits[block][found])
        return hits

    @cached
    def averages(self) -> Integers:
        """Integer quotients; of sums above 64 bits, as exact as a double."""
        quotients = np.empty(len(self), np.uint64)
        for block in blocks(len(self)):
            values = self.values[block]
            counts = np.maximum(values[:, COUNT], 1)
            found = values[:, TOTAL] // counts
            large = np.flatnonzero(values[:, CARRIED])
            sums = values[large, CARRIED].astype(float) * 2.0**64 + values[large, TOTAL]
            found[large] = (sums / counts[large]).astype(np.uint64)
            quotients[block] = found
        return quotients

    @cached
    def by_first(self) -> tuple[Integers, Integers]:
        """The first integer keys of the rows updated in the interval, in order, and the updates by these."""
        found = [(self.integers[:0, 0], self.hits[:0])]
        for block in blocks(len(self)):
            hits = self.hits[block]
            updated = np.flatnonzero(hits)
            found.append(summed_by(self.integers[block, 0][updated], hits[updated]))
        return summed_by(*map(np.concatenate, zip(*found, strict=True)))

    @cached
    def by_number(self) -> Mapping[int, int]:
        """The same as a table."""
        keys, sums = self.by_first
        return dict(zip(keys.tolist(), sums.tolist(), strict=True))

    @cached
    def extremes(self) -> tuple[int, int]:
        """The smallest and the largest value of the rows updated in the interval; of none 0 and 0."""
        found = []
        for block in blocks(len(self)):
            updated = np.flatnonzero(self.hits[block]) + block.start
            if len(updated):
                found.append((int(self.values[updated, MIN].min()), int(self.values[updated, MAX].max())))
        return min((low for low, _ in found), default=0), max((high for _, high in found), default=0)

    @cached
    def highest(self) -> Indices:
        """The rows updated in the interval that have the largest first integer keys, at most MOST_HIGHEST."""
        rows = np.zeros(0, np.int64)
        for block in blocks(len(self)):
            rows = np.concatenate((rows, np.flatnonzero(self.hits[block]) + block.start))
            if len(rows) > MOST_HIGHEST:
                rows = np.sort(rows[np.argpartition(self.integers[rows, 0], -MOST_HIGHEST)[-MOST_HIGHEST:]])
        return rows.astype(np.uint32)

    def busiest(self, most: int) -> list[int]:
        """Indices of the rows with most updates in the interval, at most so many, in order of insertion."""
        hits = self.hits
        found = np.flatnonzero(hits)
        if len(found) > most:
            found = np.sort(found[np.argpartition(hits[found], -most)[-most:]])
        return [int(at) for at in found]

    @property
    def counts(self) -> bool:
        """Whether all its values are 1: it counts something."""
        ends = (self.data.columns.stored(self.data.keys + at) for at in (MIN, MAX))
        return all(len(end) == 1 and end[0] == 1 for end in ends)

    @property
    def total_hits(self) -> int:
        """Updates of all rows in the interval."""
        return int(self.hits.sum())

    @property
    def rate(self) -> float:
        """Updates per guest second, over all rows."""
        return self.total_hits / self.seconds if self.seconds > 0 else 0.0

    @property
    def dropped(self) -> int:
        """Updates lost to the memory limit."""
        return self.data.dropped

    def rate_of(self, index: int) -> float:
        """Updates per guest second of one row, without working out the rest of it."""
        if self.seconds <= 0:
            return 0.0
        count = self.values.number(index, COUNT)
        if self.per_interval or self.before is None:
            return count / self.seconds
        return (count - self._count_before(self.index_before(index), count)) / self.seconds

    def prepare(self, *, bucketed: bool) -> None:
        """Work out what is looked at before the next paint, so that it is there then.

        Args:
            bucketed: its first integer key is the lower end of a bucket.
        """
        _ = self.hits
        if self.previous is not None and not self.continues:
            _ = self.joined
        if bucketed and self.data.integer_keys:
            _ = self.by_number, self.highest

    def adopt(self, other: Measured) -> None:
        """Take over what was worked out of the same rows in the same interval, where it was cleared before that."""
        if self.per_interval and other.per_interval and self.data is other.data:
            vars(self).update({name: vars(other)[name] for name in OF_INTERVAL if name in vars(other)})

    def shrink(self) -> None:
        """Let go of columns that can be worked out again."""
        for column in ("hits", "averages"):
            vars(self).pop(column, None)

    # --- rows by key ---

    def key(self, index: int) -> Key:
        """The keys of a row, as they are shown."""
        return _shown(self.raw_key(index))

    def raw_key(self, index: int) -> RawKey:
        """The keys of a row, as they are in the Frame."""
        return tuple(self.integers.row(index)), tuple(map(self.string, self.offsets.row(index)))

    def string(self, offset: int) -> bytes:
        """The string at a place in the arena."""
        return self.data.arena[offset : self.data.arena.index(b"\0", offset)]

    def find(self, key: RawKey, near: int = 0) -> int | None:
        """The index of the row with that key; `near` is looked at first.

        A row of before a reload of its script may have another number of keys.
        """
        if (len(key[0]), len(key[1])) != (self.data.integer_keys, self.data.string_keys):
            return None
        if near < len(self) and self.raw_key(near) == key:
            return near
        found = self.with_keys(dict(enumerate((*key[0], *key[1]))))
        return int(found[0]) if len(found) else None

    def with_keys(self, keys: Mapping[int, int | bytes]) -> Indices:
        """Indices of the rows with these keys, by key column, integers first."""
        fits = np.ones(len(self), bool)
        for column, key in keys.items():
            if isinstance(key, int):
                fits &= self.integers.stored(column) == key
                continue
            offsets = self.offsets.stored(column - self.data.integer_keys)
            if key:  # a string is in the arena once; a place of 0: it is not there
                fits &= offsets == (self.data.arena.find(b"\0" + key + b"\0") + 1 or -1)
            else:
                fits &= np.frombuffer(self.data.arena, np.uint8)[offsets] == 0
        return np.flatnonzero(fits).astype(np.uint32)

    # --- the interval ---

    @cached
    def continues(self) -> bool:
        """The rows before are the first of these rows: nothing was cleared in between."""
        now, before = self.data, self.previous
        if (
            before is None
            or before.keys != now.keys
            or before.rows > now.rows
            or not now.arena.startswith(before.arena)
        ):
            return False
        ours, theirs = now.columns, before.columns
        return all(_begins(ours.stored(key), theirs.stored(key), before.rows) for key in range(now.keys))

    def index_before(self, index: int) -> int | None:
        """The index that a row had at the start of the interval; None when it was not there."""
        if self.previous is None:
            return None
        if self.continues:
            return index if index < self.previous.rows else None
        found = int(self.joined[index])
        return found if found >= 0 else None

    @cached
    def joined(self) -> npt.NDArray[np.int32]:
        """For each row its index at the start of the interval, -1 where there was none."""
        found = np.full(len(self), -1, np.int32)
        if self.previous is None or not self.previous.rows:
            return found
        theirs, ours = Fingerprints(self.previous).all(), Fingerprints(self.data)
        order = theirs.argsort().astype(np.int32)
        theirs.sort()
        for block in blocks(len(self)):
            prints = ours.of(block)
            places = np.minimum(np.searchsorted(theirs, prints), len(order) - 1)
            found[block] = np.where(theirs[places] == prints, order[places], -1)
        return found

    @cached
    def values_before(self) -> Table[np.uint64]:
        """VALUES of each row at the start of the interval, which must be known."""
        assert self.before is not None  # noqa: S101 - by the callers
        return values_of(self.before)

    def _count_before(self, was: int | None, count: int) -> int:
        if self.per_interval or self.before is None or was is None:
            return 0
        before = self.values_before.number(was, COUNT)
        return 0 if before > count else before


def summed_by(keys: Integers, counts: Integers) -> tuple[Integers, Integers]:
    """The different keys in order, with the sums of their counts."""
    order = keys.argsort()
    keys, counts = keys[order], counts[order]
    begins = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    return keys[begins], np.add.reduceat(counts, begins) if len(begins) else counts


def _shown(raw: RawKey) -> Key:
    integers, strings = raw
    return integers, tuple(map(escape, strings))


def _grown(before: Integers, now: Integers) -> Integers:
    """Updates in an interval; those since the rows were cleared where that was in between."""
    return np.where(before > now, now, now - before)


def _begins(numbers: memoryview, beginning: memoryview, rows: int) -> bool:
    """Whether a column begins with the rows of another one."""
    begin = np.asarray(numbers)[:rows] if len(numbers) > 1 else np.asarray(numbers)
    return not rows or bool((begin == np.asarray(beginning)).all())
