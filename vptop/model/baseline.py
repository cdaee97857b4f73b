# SPDX-License-Identifier: GPL-2.0-or-later
"""The moment that others are compared with, and the reloads that set one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.probes.frame import AggregateId
from vptop.model.rows import Measured

if TYPE_CHECKING:
    from vptop.model.moment import Moment


@dataclass(frozen=True)
class Reload:
    """A script changed its generation at this Frame."""

    sequence: int
    name: str
    generation: int


@dataclass(frozen=True)
class Baseline:
    """The moment that others are compared with. It stays when its Frame leaves the ring."""

    moment: Moment
    why: str
    """which reload set it, in words; empty: a person did"""
    _measured: dict[AggregateId, Measured] = field(default_factory=dict, compare=False, repr=False)

    def measured(self, aggregate: AggregateId) -> Measured | None:
        """An aggregate in its interval; None when it is not in its Frame."""
        data = self.moment.frame.aggregates.get(aggregate)
        if data is None:
            return None
        known = self._measured.get(aggregate)
        if known is None or known.data is not data:
            known = self.moment.measured(aggregate)  # a large one was measured when its Frame came
            if known is None or known.data is not data:
                known = self.moment.measure(aggregate, data)
            self._measured[aggregate] = known
        return known
