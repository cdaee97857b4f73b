# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms out of bucketed aggregates: buckets in order, percentiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vptop.model.rows import Measured

PERCENTILES = (50, 90, 99, 99.9)
STEPS = (4, 8, 16)
"""Buckets to an octave that are recognized by the keys, beside powers of two."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Values from low (inclusive) to high (exclusive)."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Histogram:
    """Buckets in ascending order without gaps, and the extremes that were seen."""

    buckets: tuple[Bucket, ...] = ()
    min: int = 0
    max: int = 0

    @property
    def count(self) -> int:
        """All values."""
        return sum(bucket.count for bucket in self.buckets)

    def percentile(self, percent: float) -> int:
        """The value below which that many percent lie, interpolated inside its bucket; 0 of nothing."""
        wanted, seen = self.count * percent / 100, 0
        for bucket in self.buckets:
            if bucket.count and seen + bucket.count >= wanted:
                low, high = max(bucket.low, self.min), min(bucket.high, self.max)
                return round(low + max(0, high - low) * (wanted - seen) / bucket.count)
            seen += bucket.count
        return 0


def histogram(measured: Measured | None, *, interval: bool, steps: int = 0) -> Histogram:
    """Sum rows by their first integer key, which is the bucket's lower end.

    Args:
        measured: a bucketed aggregate; None gives the empty histogram.
        interval: count the updates of the interval alone, otherwise all that the aggregate holds.
        steps: buckets in an octave (1: powers of two); 0: guess from the keys.
    """
    if measured is None:
        return Histogram()
    if not interval:
        measured = Measured(measured.aggregate, measured.data, None, 0.0, per_interval=True)
    return between(of_counts(measured.by_number, steps), *measured.extremes)


def between(found: Histogram, low: int, high: int) -> Histogram:
    """The histogram with the extremes of the values, where these are what is bucketed."""
    buckets = found.buckets
    if buckets and buckets[0].low <= low < buckets[0].high and buckets[-1].low <= high:
        return replace(found, min=low, max=high)
    return found


def of_counts(counts: Mapping[int, int], steps: int = 0, *, over: Iterable[int] = ()) -> Histogram:
    """A histogram of counts by the lower ends of their buckets.

    Args:
        counts: by lower end.
        steps: buckets in an octave, as for `histogram`.
        over: further lower ends that the buckets extend to, though nothing is counted there.
    """
    counts = dict.fromkeys(over, 0) | {low: count for low, count in counts.items() if count}
    if not any(counts.values()):
        return Histogram()
    buckets = _buckets(counts, steps)
    filled = [bucket for bucket in buckets if bucket.count]
    return Histogram(buckets, filled[0].low, filled[-1].high)


def _buckets(counts: Mapping[int, int], steps: int) -> tuple[Bucket, ...]:
    """Every bucket from the lowest to the highest that was hit, empty ones between them included."""
    keys = sorted(counts)
    gap = min((b - a for a, b in pairwise(keys)), default=1)
    even = all((key - keys[0]) % gap == 0 for key in keys) and (keys[-1] - keys[0]) // gap < 4 * len(keys)
    fitting = [some for some in (1, *STEPS) if all(is_step(key, some) for key in keys)]
    steps = steps or (fitting[0] if fitting and (fitting[0] == 1 or not even) else 0)
    if steps and all(is_step(key, steps) for key in keys):
        lows = list(_log_linear(keys, steps))
        ends = [*lows[1:], _next_step(lows[-1], steps)]
    else:
        lows = list(range(keys[0], keys[-1] + 1, gap)) if even else keys
        ends = [*lows[1:], lows[-1] + gap]
    return tuple(Bucket(low, end, counts.get(low, 0)) for low, end in zip(lows, ends, strict=True))


def _next_step(low: int, steps: int) -> int:
    """The lower end of the next bucket when every octave has so many, of one width, none narrower than 1."""
    return low + max(1, (1 << max(0, low.bit_length() - 1)) // steps) if low else 1


def is_step(low: int, steps: int) -> bool:
    """Whether a number is the lower end of a bucket when every octave has so many."""
    octave = 1 << max(0, low.bit_length() - 1)
    return (low - octave) % max(1, octave // steps) == 0 if low else True


def _log_linear(keys: Sequence[int], steps: int) -> Iterator[int]:
    """The lower ends of such buckets over all keys; a bucket from 0 extends to where the next key begins."""
    if keys[0] == 0:
        yield 0
    low = keys[1] if keys[0] == 0 and len(keys) > 1 else max(1, keys[0])
    while low <= keys[-1]:
        yield low
        low = _next_step(low, steps)
