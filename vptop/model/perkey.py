# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate by its other keys: a histogram for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.probes.frame import MAX, MIN
from vptop.model.blocks import blocks, never
from vptop.model.box import Box
from vptop.model.fold import Folding, fold
from vptop.model.groups import Groups, Lines
from vptop.model.histogram import Histogram, between, of_counts
from vptop.model.keytext import texts_of
from vptop.model.rows import Key, Measured, RawKey

MOST_GROUPS = 500


@dataclass(frozen=True)
class PerKey:
    """The histogram of one combination of the other keys."""

    key: RawKey | Key
    """of one of its rows: the bucket, which is any, and the other keys"""
    histogram: Histogram
    before: Histogram | None = None
    """at the baseline; None: nothing is compared"""

    def growth(self, percent: float) -> float | None:
        """By how much a percentile has grown since the baseline, as a share; None where there was nothing."""
        was = self.before.percentile(percent) if self.before else 0
        return self.histogram.percentile(percent) / was - 1 if was else None

    @property
    def label(self) -> str:
        """The other keys; `all` where there are none."""
        return label_of(self.key) or "all"

    @property
    def texts(self) -> Sequence[str]:
        """Its string keys: the name of a process, or whatever else has a name."""
        return texts_of(self.key)


@dataclass(frozen=True, slots=True)
class PerKeys:
    """Those with most updates, and the lower ends of all buckets."""

    rows: Sequence[PerKey] = ()
    lows: Sequence[int] = ()
    cut: bool = False
    """there are more"""


def per_key(
    parts: Sequence[Measured],
    baseline: Measured | None,
    steps: int,
    box: Box | None = None,
    abandoned: Callable[[], bool] = never,
    left_out: frozenset[int] = frozenset(),
) -> PerKeys:
    """A histogram for each combination of the other keys.

    Args:
        parts: intervals of a span, at least one, oldest first.
        baseline: the interval to compare with; None: with none.
        steps: buckets in an octave, as for `histogram`.
        box: count what is in it alone.
        abandoned: the result is no longer wanted.
        left_out: key columns that rows are summed over.

    Raises:
        Abandoned: `abandoned` said so.
    """
    if left_out:
        parts = [fold([part], Folding(1, left_out)) for part in parts]
        baseline = fold([baseline], Folding(1, left_out)) if baseline is not None else None
    before = None if baseline is None else histograms([baseline], steps, None, abandoned)[0]
    found, lows = histograms(parts, steps, box, abandoned)
    rows = [
        one if before is None else replace(one, before=before[label].histogram if label in before else Histogram())
        for label, one in found.items()
    ]
    return PerKeys(rows, lows, len(rows) >= MOST_GROUPS)


def histograms(
    parts: Sequence[Measured], steps: int, box: Box | None = None, abandoned: Callable[[], bool] = never
) -> tuple[dict[str, PerKey], Sequence[int]]:
    """A histogram of the intervals by the other keys, and the lower ends of all buckets.

    Those with most updates come first, at most MOST_GROUPS; of these, what is in the box is counted.

    Raises:
        Abandoned: `abandoned` said so.
    """
    data = parts[-1].data
    others = range(1, data.integer_keys + data.string_keys)
    groups = Groups(parts, others, abandoned)
    most = np.argsort(-groups.totals.astype(np.int64), kind="stable")[:MOST_GROUPS]
    line = np.full(len(groups), -1, np.int64)
    line[most] = np.arange(len(most))
    lows = groups.firsts if box is None else groups.firsts[box.holds(groups.firsts)]
    counts = groups.cells(line, lows).of_lines(len(most))
    extremes = _extremes(groups, line, len(most), box)
    made: dict[str, PerKey] = {}
    for group, by_low, (low, high) in zip(most.tolist(), counts, extremes, strict=True):
        if by_low:
            one = PerKey(groups.key(group), between(of_counts(by_low, steps), low, high))
            made[one.label] = one
    return made, groups.firsts.tolist()


def _extremes(groups: Groups, line: Lines, lines: int, box: Box | None) -> list[tuple[int, int]]:
    """The smallest and the largest value of each line, of the rows that were updated."""
    least, most = np.full(lines, np.iinfo(np.uint64).max, np.uint64), np.zeros(lines, np.uint64)
    for part, numbers in zip(groups.parts, groups.numbers, strict=True):
        for block in blocks(len(part)):
            here = line[numbers[block]]
            counted = (here >= 0) & (part.hits[block] > 0)
            if box is not None:
                counted &= box.holds(part.integers[block, 0])
            rows = np.flatnonzero(counted)
            np.minimum.at(least, here[rows], part.values[rows + block.start, MIN])
            np.maximum.at(most, here[rows], part.values[rows + block.start, MAX])
    return [*zip(least.tolist(), most.tolist(), strict=True)]


def label_of(key: RawKey | Key, left_out: frozenset[int] = frozenset()) -> str:
    """The keys beside the bucket, as they are shown, but not those of these columns."""
    words = [*map(str, key[0]), *texts_of(key)]
    return " ".join(word for at, word in enumerate(words) if at and at not in left_out)
