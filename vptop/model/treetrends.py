# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts of processes and all below them over the last Frames, each with the tree of its own second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from engine.probes.frame import AggregateId
from vptop.model.filterexpr import NO_FILTER, Filter
from vptop.model.irq import IrqHistory, Process, processes
from vptop.model.known import KnownProcesses
from vptop.model.moment import Moment
from vptop.model.processkeys import ProcessId, ProcessKeys
from vptop.model.processtree import subtree_counts

Subject = tuple[AggregateId, ProcessKeys, Filter]


class TreeTrends:
    """Remembers the sums of each Frame, so that a new one costs only itself."""

    def __init__(self, history: IrqHistory, known: KnownProcesses) -> None:
        self._history = history
        self._processes = known
        self._subject: Subject | None = None
        self._sums: dict[tuple[int, int], Mapping[ProcessId, float]] = {}
        self._passes: Callable[[Process], bool] = bool

    def about(
        self, aggregate: AggregateId, keys: ProcessKeys, chosen: Filter, passes: Callable[[Process], bool]
    ) -> None:
        """Count these.

        Args:
            aggregate: keyed by vector and process.
            keys: those that tell processes apart.
            chosen: the filter; another one makes other sums.
            passes: whether a process passes it.
        """
        if (subject := (aggregate, keys, chosen)) != self._subject:
            self._subject, self._sums = subject, {}
        self._passes = passes

    def trend(self, moment: Moment, process: ProcessId, frames: int) -> list[float | None]:
        """Interrupts per second of a process and all below it, oldest first; None where it is not known."""
        found: list[float | None] = []
        for sequence in range(moment.sequence - frames + 1, moment.sequence + 1):
            rates = self._at(moment, sequence) if sequence >= 0 else None
            found.append(None if rates is None else rates.get(process, 0.0))
        return found

    def _at(self, moment: Moment, sequence: int) -> Mapping[ProcessId, float] | None:
        session = moment.session
        then = session.at(sequence)
        if self._subject is None or then is None:
            return None
        aggregate, keys, chosen = self._subject
        edition = session.edition(sequence)
        if (known := self._sums.get(edition)) is None:
            counted = self._history.at(session, aggregate, keys, sequence)
            if counted is None or counted.seconds <= 0 or not counted.whole:
                return None
            counts = counted.totals
            if chosen is not NO_FILTER:
                counts = {one.process: one.count for one in processes(counted) if one.process and self._passes(one)}
            sums = subtree_counts(counts, counted.parents, partial(self._processes.in_frame, then))
            known = self._sums[edition] = {one: count / counted.seconds for one, count in sums.items()}
            self._forget(session.timeline.ring.first)
        return known

    def _forget(self, first: int) -> None:
        """Let go of Frames that are not kept any more."""
        for edition in [edition for edition in self._sums if edition[0] < first]:
            del self._sums[edition]
