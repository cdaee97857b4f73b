# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate over time: counts by bucket of each Frame, and their sums over spans of Frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from engine.probes.frame import AggregateId
from vptop.model.keyfilter import KeyFilter
from vptop.model.moment import Moment
from vptop.model.rows import Measured

Counts = Mapping[int, int]
"""Updates by the lower end of their bucket."""


class BucketHistory:
    """Remembers the counts of each Frame, so that a new one costs only itself.

    Args:
        keys: count the rows that pass alone.
    """

    def __init__(self, keys: KeyFilter | None = None) -> None:
        self.keys = keys or KeyFilter()
        self._known: dict[tuple[AggregateId, tuple[int, int]], Counts] = {}

    def _at(self, moment: Moment, aggregate: AggregateId, sequence: int) -> Counts | None:
        """What was counted in the interval that ended with a Frame; None where nothing is known."""
        session = moment.session
        key = aggregate, session.edition(sequence)
        if key in self._known:
            return self._known[key]
        measured = session.measured(sequence, aggregate)
        ring = session.timeline.ring
        if measured is None or not (measured.known or ring.end - ring.first == 1):
            return None
        if (counts := self.counts(moment, measured)) is not None:
            self._known[key] = counts
        return counts

    def counts(self, moment: Moment, measured: Measured) -> Counts | None:
        """The updates in an interval of the rows that pass, by the lower end of their bucket; None: not known yet."""
        if not self.keys:
            return measured.by_number
        passing = self.keys.passing(moment, measured)
        return None if passing is None else passing.counts

    def span(self, moment: Moment, aggregate: AggregateId, frames: int) -> list[Counts | None]:
        """The counts of the Frames up to a moment, oldest first."""
        first = moment.session.timeline.ring.first
        self._known = {key: counts for key, counts in self._known.items() if key[1][0] >= first and key[0] == aggregate}
        span = range(moment.sequence - frames + 1, moment.sequence + 1)
        return [self._at(moment, aggregate, sequence) for sequence in span]


EDGE = 100
"""Of how many updates one may be left out at each end of an axis."""


def central(counts: Counts) -> list[int]:
    """The lower ends of the buckets that hold all but a hundredth of the updates at each end, in order."""
    lows = sorted(counts)
    for at in (0, -1):
        left_out = sum(counts.values()) // EDGE
        while lows and (left_out := left_out - counts[lows[at]]) >= 0:
            del lows[at]
    return lows


def summed(span: Sequence[Counts | None]) -> dict[int, int]:
    """The counts of all these Frames together."""
    total: Counter[int] = Counter()
    for counts in span:
        total.update(counts or {})
    return dict(total)
