# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of an aggregate against the same rows at another moment, the baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vptop.model.cached import cached
from vptop.model.rows import Measured

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """An aggregate now and at the baseline. Rates are updates per guest second over the interval of each."""

    now: Measured
    baseline: Measured
    unfolded: Measured | None = None
    """the baseline as it is in its Frame, where rows were summed"""

    def is_against(self, baseline: Measured) -> bool:
        """Whether the baseline is this one, or was summed from it."""
        return (self.unfolded or self.baseline) is baseline

    def prepare(self) -> None:
        """Work out what has changed, of many rows in a thread, before one is looked at."""
        _ = self.changes, self.average_changes

    @cached
    def rates(self) -> Floats:
        """Of each row now, its rate at the baseline; 0 where there was no such row."""
        return self._then(_rates(self.baseline), 0.0)

    def _then(self, before: Floats, missing: float) -> Floats:
        """Of each row now, what it had at the baseline."""
        found = np.full(len(self.now), missing)
        against = replace(self.now, previous=self.baseline.data)
        if against.continues:
            found[: len(before)] = before
        elif len(before):
            found = np.where(against.joined >= 0, before[against.joined], missing)
        return found

    @cached
    def changes(self) -> Floats:
        """Of each row now, how much its rate has grown since the baseline."""
        return np.asarray(_rates(self.now) - self.rates)

    def change(self, index: int) -> float:
        """How much the rate of a row has grown."""
        return float(self.changes[index])

    @cached
    def average_changes(self) -> Floats:
        """Of each row now, how much its average has grown since the baseline; NaN where there was no such row."""
        return np.asarray(self.now.averages - self._then(self.baseline.averages.astype(float), np.nan))

    def average_change(self, index: int) -> float | None:
        """How much the average of a row has grown; None where there was no such row."""
        change = float(self.average_changes[index])
        return None if np.isnan(change) else change

    def ratio(self, index: int) -> float | None:
        """The growth of a row as a share of its rate at the baseline; None when that was 0 and is no longer."""
        before, change = float(self.rates[index]), self.change(index)
        return change / before if before else None if change else 0.0

    @property
    def total(self) -> float:
        """How much the rate of all rows together has grown, those that are gone included."""
        return self.now.rate - self.baseline.rate


def _rates(measured: Measured) -> Floats:
    hits = measured.hits.astype(float)
    return np.asarray(hits / measured.seconds if measured.seconds > 0 else np.zeros(len(measured)))
