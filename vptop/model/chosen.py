# SPDX-License-Identifier: GPL-2.0-or-later
"""Some rows of an aggregate in some order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.probes.frame import COUNT
from vptop.model.blocks import blocks
from vptop.model.compare import Comparison
from vptop.model.rows import Indices, Measure, Measured, RawKey


class Chosen(Sequence[Measure]):
    """Rows that passed a filter, sorted; each is unpacked when it is asked for."""

    def __init__(
        self,
        measured: Measured,
        order: Indices,
        sums: tuple[int, int] | None = None,
        comparison: Comparison | None = None,
    ) -> None:
        self.measured = measured
        self.order = order
        self.sums = sums
        """updates in the interval, and in all; None: not summed yet"""
        self.comparison = comparison
        """with the baseline; None: with none"""

    def summed(self) -> Chosen:
        """The same rows with their sums."""
        hits = counts = 0
        for block in blocks(len(self.order)):
            rows = self.order[block]
            hits += int(self.measured.hits[rows].sum())
            counts += int(self.measured.values[rows, COUNT].sum())
        return Chosen(self.measured, self.order, (hits, counts), self.comparison)

    def moved(self, measured: Measured) -> Chosen:
        """The same rows in a Frame that continues this one; sums and differences are still those of before."""
        return Chosen(measured, self.order, self.sums, self.comparison)

    def find(self, key: RawKey, near: int) -> int | None:
        """The place of the row with that key; the place `near` is looked at first."""
        beside = int(self.order[near]) if near < len(self) else 0
        index = self.measured.find(key, beside)
        if index is None:
            return None
        found = np.flatnonzero(self.order == index)
        return int(found[0]) if len(found) else None

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, at: int) -> Measure:  # type: ignore[override]
        return self.measured[int(self.order[at])]
