# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms out of bucketed aggregates: buckets in order, percentiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from vptop.model.kinds import is_power_of_two
from vptop.model.rows import Measure

PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Values from low (inclusive) to high (exclusive)."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Histogram:
    """Buckets in ascending order without gaps, and the extremes that were seen."""

    buckets: tuple[Bucket, ...]
    min: int
    max: int
    total: int
    """sum of the values"""

    @property
    def count(self) -> int:
        """All values."""
        return sum(bucket.count for bucket in self.buckets)

    @property
    def mean(self) -> float:
        """Mean value; 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    def percentile(self, percent: float) -> int:
        """The value below which that many percent lie, interpolated inside its bucket; 0 of nothing."""
        wanted, seen = self.count * percent / 100, 0
        for bucket in self.buckets:
            if bucket.count and seen + bucket.count >= wanted:
                low, high = max(bucket.low, self.min), min(bucket.high, self.max)
                return round(low + max(0, high - low) * (wanted - seen) / bucket.count)
            seen += bucket.count
        return 0


def histogram(rows: Iterable[Measure], *, interval: bool) -> Histogram:
    """Sum rows by their first integer key, which is the bucket's lower end.

    Args:
        rows: of a bucketed aggregate.
        interval: count the updates of the interval alone, otherwise all that the aggregate holds.
    """
    counts: dict[int, int] = {}
    low, high, total = None, 0, 0
    for row in rows:
        count = row.hits if interval else row.count
        if not count:
            continue
        bucket = row.key[0][0]
        counts[bucket] = counts.get(bucket, 0) + count
        total += row.hits_total if interval else row.total
        low = row.min if low is None else min(low, row.min)
        high = max(high, row.max)
    buckets = _buckets(counts)
    if buckets and not _values_fit(buckets, low or 0, high):  # the values aggregated are not what is bucketed
        filled = [bucket for bucket in buckets if bucket.count]
        low, high = filled[0].low, filled[-1].high
        total = sum((bucket.low + bucket.high) * bucket.count for bucket in filled) // 2
    return Histogram(buckets, low or 0, high, total)


def _values_fit(buckets: tuple[Bucket, ...], low: int, high: int) -> bool:
    filled = [bucket for bucket in buckets if bucket.count]
    return filled[0].low <= low < filled[0].high and filled[-1].low <= high


def _buckets(counts: dict[int, int]) -> tuple[Bucket, ...]:
    """Every bucket from the lowest to the highest that was hit, empty ones between them included."""
    if not counts:
        return ()
    keys = sorted(counts)
    if all(key == 0 or is_power_of_two(key) for key in keys):
        first = keys[0]
        steps = [0] if first == 0 else []
        power = 1 if first == 0 and len(keys) == 1 else (keys[1] if first == 0 else first)
        while power <= keys[-1]:
            steps.append(power)
            power *= 2
        return tuple(Bucket(low, _after(low, steps), counts.get(low, 0)) for low in steps)
    gap = min((b - a for a, b in pairwise(keys)), default=1)
    even = all((key - keys[0]) % gap == 0 for key in keys) and (keys[-1] - keys[0]) // gap < 4 * len(keys)
    steps = list(range(keys[0], keys[-1] + 1, gap)) if even else keys
    return tuple(
        Bucket(low, steps[i + 1] if i + 1 < len(steps) else low + gap, counts.get(low, 0))
        for i, low in enumerate(steps)
    )


def _after(low: int, steps: list[int]) -> int:
    """Upper end of a power-of-two bucket; the one from 0 ends where the next begins."""
    if low:
        return low * 2
    return steps[1] if len(steps) > 1 else 1
