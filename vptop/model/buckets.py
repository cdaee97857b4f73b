# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate over time: counts by bucket of each Frame, and their sums over spans of Frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from engine.probes.frame import AggregateId
from vptop.model.session import Moment, Session

Counts = Mapping[int, int]
"""Updates by the lower end of their bucket."""


class BucketHistory:
    """Remembers the counts of each Frame, so that a new one costs only itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[AggregateId, tuple[int, int]], Counts] = {}

    def at(self, session: Session, aggregate: AggregateId, sequence: int) -> Counts | None:
        """What was counted in the interval that ended with a Frame; None where nothing is known."""
        key = aggregate, session.edition(sequence)
        if key in self._known:
            return self._known[key]
        measured = session.measured(sequence, aggregate)
        ring = session.timeline.ring
        if measured is None or not (measured.known or ring.end - ring.first == 1):
            return None
        counts = self._known[key] = measured.by_number
        return counts

    def span(self, moment: Moment, aggregate: AggregateId, frames: int) -> list[Counts | None]:
        """The counts of the Frames up to a moment, oldest first."""
        first = moment.session.timeline.ring.first
        self._known = {key: counts for key, counts in self._known.items() if key[1][0] >= first and key[0] == aggregate}
        span = range(moment.sequence - frames + 1, moment.sequence + 1)
        return [self.at(moment.session, aggregate, sequence) for sequence in span]


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
