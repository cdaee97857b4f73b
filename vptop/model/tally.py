# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts counted by process and vector: of a few processes each number, of a million the busiest and the sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.text import escape
from vptop.model.blocks import never
from vptop.model.cached import cached
from vptop.model.columns import Integers
from vptop.model.filterexpr import NO_FILTER, OPERATORS, Comparison, Filter, Pattern, Words
from vptop.model.groups import Groups
from vptop.model.matching import strings_match
from vptop.model.rows import Mask, Measured, summed_by

MOST_PROCESSES = 1000
"""Processes that are told one by one, those with most interrupts."""
MOST_VECTORS = 64
"""Vectors that are told apart, those with most interrupts."""

Counts = Mapping[str, Mapping[int, int]]
"""Interrupts by process and vector."""
Places = npt.NDArray[np.int64]
"""Numbers of processes."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Some processes together."""

    processes: int = 0
    count: int = 0
    vectors: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """The interrupts of a span."""

    counts: Counts = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    """of all vectors, also of those that are not told apart"""
    seconds: float = 0.0
    """guest seconds of the span"""
    every: Sums = Sums()
    """all processes together"""
    most: int = 0
    """the largest number of a process"""
    peak: int = 0
    """the largest number of a process and a vector"""
    cut: Sums | None = None
    """the processes wanted, where they are too many to be told one by one"""
    whole: bool = True
    """each process and vector is told"""


class Interrupts:
    """The updates of some intervals of an aggregate keyed by vector and name, put together by name."""

    def __init__(self, parts: Sequence[Measured], abandoned: Callable[[], bool]) -> None:
        self.groups = Groups(parts, [parts[-1].data.integer_keys], abandoned)
        self.totals = self.groups.totals
        self.every: Places = np.flatnonzero(self.totals)
        """the numbers of the processes that were interrupted"""
        self.seconds = sum(part.seconds for part in parts)
        self._abandoned = abandoned

    def name(self, process: int) -> str:
        """As it is shown."""
        part = self.groups.parts[int(self.groups.part[process])]
        return escape(part.string(part.offsets.number(int(self.groups.row[process]), 0)))

    def wanted(self, chosen: Filter) -> Places:
        """The numbers of the processes that pass a filter, where not all can be told one by one; else of all.

        Raises:
            Abandoned: `abandoned` said so.
        """
        if not chosen or len(self.every) <= MOST_PROCESSES:
            return self.every
        passes = (self.totals > 0) & (self.seconds > 0)
        for term in chosen.terms:
            test = term.test
            passes &= (self._compared(test) if isinstance(test, Comparison) else self._matched(test)) != term.negated
        return np.flatnonzero(passes)

    def _compared(self, test: Comparison) -> Mask:
        if test.unit or test.field not in numbers(0, 0, 0):
            return np.zeros(len(self.totals), bool)
        of_one = numbers(1, 1 / (self.seconds or 1), 1 / max(1, int(self.totals.sum())))
        return np.asarray(OPERATORS[test.operator](self.totals * of_one[test.field], test.number))

    def _matched(self, test: Words | Pattern) -> Mask:
        found = np.zeros(len(self.groups), bool)
        for at, part in enumerate(self.groups.parts):
            mine, places = self.groups.places(at, 0)
            found[mine] = strings_match(part.data.arena, places, None, test, self._abandoned)
        return found

    def busiest(self, wanted: Places) -> Places:
        """Those of the processes wanted that are told one by one, in order of their numbers."""
        if len(wanted) <= MOST_PROCESSES:
            return wanted
        order = np.argpartition(self.totals[wanted], -MOST_PROCESSES)
        return np.asarray(np.sort(wanted[order[-MOST_PROCESSES:]]))

    def same(self, other: Interrupts, processes: Places) -> Places:
        """The numbers of the processes that have the names of these of the other."""
        return np.flatnonzero(np.isin(self.groups.prints, other.groups.prints[processes]) & (self.totals > 0))

    @cached
    def vectors(self) -> tuple[Integers, Integers]:
        """All vectors in order, and the interrupts by these."""
        found = zip(*(part.by_first for part in self.groups.parts), strict=True)
        return summed_by(*map(np.concatenate, found))

    def sums(self, wanted: Places) -> Sums:
        """These processes together."""
        vectors, counts = self.vectors
        if wanted is not self.every:
            found = self.groups.cells(self._lines(wanted, np.zeros(len(wanted), np.int64)), vectors)
            vectors, counts = found.firsts, found.counts
        told = np.sort(np.argsort(counts)[-MOST_VECTORS:])
        by_vector = dict(zip(vectors[told].tolist(), counts[told].tolist(), strict=True))
        return Sums(len(wanted), int(counts.sum()), by_vector)

    def counts(self, processes: Places, vectors: Collection[int]) -> dict[str, dict[int, int]]:
        """The interrupts of these processes by these vectors."""
        lines = self._lines(processes, np.arange(len(processes)))
        found = self.groups.cells(lines, np.array(sorted(vectors), np.uint64)).of_lines(len(processes))
        return dict(zip(map(self.name, processes.tolist()), found, strict=True))

    def _lines(self, processes: Places, lines: Places) -> Places:
        found = np.full(len(self.groups), -1, np.int64)
        found[processes] = lines
        return found


def numbers(count: float, rate: float, share: float) -> dict[str, float]:
    """What a filter may compare of a process."""
    return {"rate": rate, "count": count, "share": share * 100}


def tally(parts: Sequence[Measured], chosen: Filter = NO_FILTER, abandoned: Callable[[], bool] = never) -> Tally:
    """Count the interrupts of a span.

    Args:
        parts: intervals of an aggregate keyed by vector and name, at least one, oldest first.
        chosen: which processes are wanted, where not all can be told one by one.
        abandoned: the result is no longer wanted.

    Raises:
        Abandoned: `abandoned` said so.
    """
    found = Interrupts(parts, abandoned)
    wanted = found.wanted(chosen)
    return _told(found, wanted, found.busiest(wanted))


def against(
    now: Sequence[Measured],
    baseline: Measured,
    chosen: Filter = NO_FILTER,
    abandoned: Callable[[], bool] = never,
) -> tuple[Tally, Tally]:
    """Count the interrupts of a span and of the baseline; processes told in one are told in the other too.

    Raises:
        Abandoned: `abandoned` said so.
    """
    ours, theirs = Interrupts(now, abandoned), Interrupts([baseline], abandoned)
    wanted = ours.wanted(chosen)
    here, there = ours.busiest(wanted), theirs.busiest(theirs.every)
    both_here = np.union1d(here, ours.same(theirs, there))
    both_there = np.union1d(there, theirs.same(ours, here))
    return _told(ours, wanted, both_here), _told(theirs, theirs.every, both_there)


def _told(found: Interrupts, wanted: Places, told: Places) -> Tally:
    every = found.sums(found.every)
    counts = found.counts(told, every.vectors)
    return Tally(
        counts,
        dict(zip(counts, found.totals[told].tolist(), strict=True)),
        found.seconds,
        every,
        int(found.totals.max(initial=0)),
        max((max(by_vector.values(), default=0) for by_vector in counts.values()), default=0),
        found.sums(wanted) if len(wanted) > MOST_PROCESSES else None,
        whole=len(told) == every.processes and len(found.vectors[0]) <= MOST_VECTORS,
    )


def added(tallies: Iterable[Tally]) -> Tally:
    """Whole tallies of spans that follow each other as one."""
    counts: dict[str, dict[int, int]] = {}
    seconds = 0.0
    for one in tallies:
        seconds += one.seconds
        for name, by_vector in one.counts.items():
            here = counts.setdefault(name, {})
            for vector, count in by_vector.items():
                here[vector] = here.get(vector, 0) + count
    return exactly(counts, seconds)


def exactly(counts: Counts, seconds: float) -> Tally:
    """The tally of these counts and no others."""
    totals = {name: sum(by_vector.values()) for name, by_vector in counts.items()}
    vectors: dict[int, int] = {}
    for by_vector in counts.values():
        for vector, count in by_vector.items():
            vectors[vector] = vectors.get(vector, 0) + count
    whole = Sums(len(totals), sum(totals.values()), vectors)
    peak = max((max(by_vector.values(), default=0) for by_vector in counts.values()), default=0)
    return Tally(counts, totals, seconds, whole, max(totals.values(), default=0), peak)
