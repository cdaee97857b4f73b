# SPDX-License-Identifier: GPL-2.0-or-later
"""What an aggregate did between two Frames: one Measure a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import iter_unpack

from engine.probes.frame import VALUES, AggregateData, AggregateId, Row
from engine.text import escape

Key = tuple[tuple[int, ...], tuple[str, ...]]
"""Integer keys and string keys: what makes a row the same row in the next Frame."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of an aggregate at one moment."""

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
    hits_total: int
    """sum of the values of those updates"""
    rate: float
    """updates per guest second in the interval"""
    new: bool = False
    """there was no such row before"""

    @property
    def avg(self) -> int:
        """Integer quotient, as VP gives it."""
        return self.total // self.count if self.count else 0

    def row(self) -> Row:
        """As it stands in the Frame."""
        return Row(*self.key, self.count, self.avg, self.min, self.max, self.latest)


@dataclass(frozen=True)
class Measured:
    """An aggregate at one moment, by key, in order of first insertion."""

    aggregate: AggregateId
    integer_keys: int
    string_keys: int
    rows: dict[Key, Measure] = field(default_factory=dict)
    dropped: int = 0
    per_interval: bool = False
    """the script clears it each second: count, min and max are of this interval alone"""

    @property
    def rate(self) -> float:
        """Updates per guest second, over all rows."""
        return sum(row.rate for row in self.rows.values())


def _keys(data: AggregateData) -> Iterator[Key]:
    texts: dict[int, str] = {}

    def text(offset: int) -> str:
        if (known := texts.get(offset)) is None:
            end = data.arena.index(b"\0", offset)
            known = texts[offset] = escape(data.arena[offset:end])
        return known

    integers: Iterator[tuple[int, ...]] = (
        iter_unpack(f"<{data.integer_keys}Q", data.integers) if data.integer_keys else iter([()] * data.rows)
    )
    offsets: Iterator[tuple[int, ...]] = (
        iter_unpack(f"<{data.string_keys}I", data.strings) if data.string_keys else iter([()] * data.rows)
    )
    for numbers, places in zip(integers, offsets, strict=True):
        yield numbers, tuple(map(text, places))


def _before(data: AggregateData | None) -> dict[Key, tuple[int, int]]:
    if data is None:
        return {}
    return {
        key: (values[0], values[5] << 64 | values[1])
        for key, values in zip(_keys(data), VALUES.iter_unpack(data.values), strict=True)
    }


def measure(
    aggregate: AggregateId,
    now: AggregateData,
    before: AggregateData | None,
    seconds: float,
    *,
    per_interval: bool,
    known_before: bool = True,
) -> Measured:
    """Measure an aggregate over an interval.

    Args:
        aggregate: which one it is.
        now: its rows at the end of the interval.
        before: its rows at the start; None when it did not exist or that Frame is not known.
        seconds: guest seconds in between; 0 gives rates of 0.
        per_interval: the script clears it each second, so that its counts are of this interval already.
        known_before: the Frame before is known; otherwise nothing is marked new.
    """
    old = _before(before)
    rows: dict[Key, Measure] = {}
    for key, values in zip(_keys(now), VALUES.iter_unpack(now.values), strict=True):
        count, low_half, low, high, latest, high_half = values
        total = high_half << 64 | low_half
        was_count, was_total = (0, 0) if per_interval else old.get(key, (0, 0))
        if was_count > count:  # cleared in between: what is there now is of this interval
            was_count = was_total = 0
        hits = count - was_count
        rows[key] = Measure(
            key=key,
            count=count,
            total=total,
            min=low,
            max=high,
            latest=latest,
            hits=hits,
            hits_total=total - was_total,
            rate=hits / seconds if seconds > 0 else 0.0,
            new=known_before and key not in old,
        )
    return Measured(aggregate, now.integer_keys, now.string_keys, rows, now.dropped, per_interval)
