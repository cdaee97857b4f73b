# SPDX-License-Identifier: GPL-2.0-or-later
"""Some rows of an aggregate in some order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from vptop.model.rows import COUNT, Indices, Measure, Measured, RawKey


class Chosen(Sequence[Measure]):
    """Rows that passed a filter, sorted; each is unpacked when it is asked for."""

    def __init__(self, measured: Measured, order: Indices) -> None:
        self.measured = measured
        self.order = order

    @cached_property
    def sums(self) -> tuple[int, int]:
        """Updates in the interval, and in all."""
        return int(self.measured.hits[self.order].sum()), int(self.measured.values[self.order, COUNT].sum())

    def moved(self, measured: Measured) -> Chosen:
        """The same rows in a Frame that continues this one; the sums are still those of before."""
        chosen = Chosen(measured, self.order)
        chosen.sums = self.sums
        return chosen

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
