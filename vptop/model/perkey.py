# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate by its other keys: a histogram for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vptop.model.box import Box
from vptop.model.fold import Folding, fold
from vptop.model.histogram import Histogram, histogram
from vptop.model.rows import Indices, Key, Measured

MOST_GROUPS = 500


@dataclass(frozen=True)
class PerKey:
    """The histogram of one combination of the other keys."""

    label: str
    histogram: Histogram
    before: Histogram | None = None
    """at the baseline; None: nothing is compared"""

    def growth(self, percent: float) -> float | None:
        """By how much a percentile has grown since the baseline, as a share; None where there was nothing."""
        was = self.before.percentile(percent) if self.before else 0
        return self.histogram.percentile(percent) / was - 1 if was else None

    @property
    def name(self) -> str:
        """The last of the keys: a process's or another name, where there is one."""
        return self.label.split(" ")[-1]


@dataclass(frozen=True, slots=True)
class PerKeys:
    """Those with most updates, and the lower ends of all buckets."""

    rows: Sequence[PerKey] = ()
    lows: Sequence[int] = ()
    cut: bool = False
    """there are more"""


def per_key(parts: Sequence[Measured], baseline: Measured | None, steps: int, box: Box | None = None) -> PerKeys:
    """A histogram for each combination of the other keys.

    Args:
        parts: intervals of a span, at least one, oldest first.
        baseline: the interval to compare with; None: with none.
        steps: buckets in an octave, as for `histogram`.
        box: count what is in it alone.
    """
    measured = parts[-1] if len(parts) == 1 else fold(parts, Folding(len(parts)))
    before = None if baseline is None else _histograms(baseline, steps)
    found = _histograms(measured, steps, box)
    rows = [
        PerKey(label, one, None if before is None else before.get(label, Histogram())) for label, one in found.items()
    ]
    return PerKeys(rows, np.unique(measured.integers[:, 0]).tolist(), len(rows) >= MOST_GROUPS)


def _histograms(measured: Measured, steps: int, box: Box | None = None) -> dict[str, Histogram]:
    """A histogram of the interval by the other keys, of what is in the box."""
    inside = np.zeros(len(measured), bool)
    inside[box.rows(measured) if box else slice(None)] = True
    made = {
        label: histogram(measured, interval=True, steps=steps, rows=rows[inside[rows]])
        for label, rows in groups(measured)
    }
    return {label: one for label, one in made.items() if one.count}


def groups(measured: Measured) -> list[tuple[str, Indices]]:
    """Rows by their keys beside the bucket, as these are shown; those with most updates first, MOST_GROUPS at most."""
    columns: list[npt.NDArray[Any]] = [measured.integers[:, at] for at in range(1, measured.data.integer_keys)]
    columns += [measured.offsets[:, at] for at in range(measured.data.string_keys)]
    if not columns:
        return [("all", np.arange(len(measured), dtype=np.uint32))]
    others = np.column_stack(columns)
    _, first, which = np.unique(others, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    sums = np.bincount(which, weights=measured.hits)
    order = np.argsort(which, kind="stable").astype(np.uint32)
    ends = np.cumsum(np.bincount(which))
    found = []
    for group in np.argsort(-sums, kind="stable")[:MOST_GROUPS].tolist():
        key = measured.key(int(first[group]))
        found.append((label_of(key), order[ends[group - 1] if group else 0 : ends[group]]))
    return found


def label_of(key: Key) -> str:
    """The keys beside the bucket."""
    integers, strings = key
    return " ".join([*map(str, integers[1:]), *strings])
