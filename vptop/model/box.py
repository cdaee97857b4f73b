# SPDX-License-Identifier: GPL-2.0-or-later
"""A part of a heat map: some buckets in some seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.probes.frame import AggregateId
from vptop.model.blocks import blocks
from vptop.model.buckets import BucketHistory, summed
from vptop.model.columns import Integers
from vptop.model.fold import Folding, parts_of
from vptop.model.moment import Moment
from vptop.model.rows import Indices, Mask, Measured


@dataclass(frozen=True, slots=True)
class Box:
    """Buckets whose lower ends are in a range, in Frames."""

    low: int
    high: int
    """exclusive"""
    first: int
    """sequence number of the first Frame"""
    last: int
    """of the last one"""

    @property
    def frames(self) -> int:
        """How many Frames."""
        return self.last - self.first + 1

    def moment(self, moment: Moment) -> Moment | None:
        """The last moment of it; None when that is not there any more."""
        return moment.session.at(self.last)

    def counts(self, moment: Moment, history: BucketHistory, aggregate: AggregateId) -> dict[int, int]:
        """Updates by the lower end of their bucket."""
        last = self.moment(moment)
        found = summed(history.span(last, aggregate, self.frames)) if last else {}
        return {low: count for low, count in found.items() if self.low <= low < self.high}

    def holds(self, lows: Integers) -> Mask:
        """Which lower ends are those of its buckets."""
        return np.asarray((lows >= self.low) & (lows < self.high))

    def rows(self, measured: Measured) -> Indices:
        """Indices of the rows in its buckets that were updated."""
        found = [
            np.flatnonzero(self.holds(measured.integers[block, 0]) & (measured.hits[block] > 0)) + block.start
            for block in blocks(len(measured))
        ]
        return np.concatenate([np.zeros(0, np.int64), *found]).astype(np.uint32)


def parts_in(moment: Moment, aggregate: AggregateId, frames: int, box: Box | None) -> list[Measured]:
    """A bucketed aggregate in the last Frames, or in those of a box, as `parts_of`; empty when it is not there."""
    at, frames = (box.moment(moment), box.frames) if box else (moment, frames)
    measured = at.measured(aggregate) if at else None
    if at is None or measured is None or not measured.data.integer_keys:
        return []
    return parts_of(at, aggregate, Folding(frames))
