# SPDX-License-Identifier: GPL-2.0-or-later
"""Large aggregates are measured where Frames arrive, before they are shown: the screen does not wait for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.probes.frame import Frame
from vptop.model.kinds import Kind
from vptop.model.ring import follows
from vptop.model.rows import Measured

if TYPE_CHECKING:
    from vptop.model.moment import Moment

ROWS = 5_000
"""Rows of an aggregate up to which it is measured when it is looked at."""


class Prepared:
    """What was measured of Frames that are still to be added to a session."""

    def __init__(self) -> None:
        self._newest: Frame | None = None
        self._known: dict[int, list[Measured]] = {}
        """by the identity of the Frame"""

    def before(self, frame: Frame) -> Frame | None:
        """The Frame that came before this one, which has just come; None: of this machine none has."""
        earlier, self._newest = self._newest, frame
        return earlier if earlier is not None and follows(frame, earlier) else None

    def measure(self, moment: Moment) -> None:
        """Measure the large aggregates of a moment to come."""
        found = []
        for aggregate, data in moment.frame.aggregates.items():
            if len(data) > ROWS:
                measured = moment.measure(aggregate, data)
                measured.prepare(bucketed=moment.guessed(measured) is Kind.HISTOGRAM)
                found.append(measured)
        if found:
            self._known[id(moment.frame)] = found

    def take(self, moment: Moment | None) -> list[Measured]:
        """What was measured of the Frame of a moment, as far as it is over the same interval."""
        if moment is None:
            return []
        known = self._known.pop(id(moment.frame), [])
        return [one for one in known if one.measures(moment.measure(one.aggregate, one.data))]
