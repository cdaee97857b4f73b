# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts counted by process and vector: of a few processes each number, of a million the busiest and the sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.text import escape
from vptop.model.filterexpr import NO_FILTER, Filter
from vptop.model.plain import clean
from vptop.model.rows import Integers, Measured
from vptop.model.selection import CHUNK, Abandoned

MOST_PROCESSES = 1000
"""Processes that are told one by one, those with most interrupts."""
MOST_VECTORS = 64
"""Vectors that are told apart, those with most interrupts."""

Counts = Mapping[str, Mapping[int, int]]
"""Interrupts by process and vector."""
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]


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


class Grouped:
    """The updates of an aggregate keyed by vector and name, in its interval, put together by name."""

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        updated = measured.hits != 0
        self.hits: Integers = measured.hits[updated]
        offsets = measured.offsets[updated, 0]
        here = np.zeros(len(measured.data.arena), bool)
        here[offsets] = True
        self.places: Places = np.flatnonzero(here)
        """in the arena, of the names"""
        number = np.zeros(len(here), np.int32)
        number[self.places] = np.arange(len(self.places))
        self.process: Numbers = number[offsets]
        """the number of the process of each row"""
        self.totals: Integers = np.zeros(len(self.places), np.uint64)
        np.add.at(self.totals, self.process, self.hits)

    def name(self, process: int) -> bytes:
        """As it is in the Frame."""
        return self.measured.string(int(self.places[process]))

    def wanted(self, chosen: Filter, abandoned: Callable[[], bool]) -> Places:
        """The numbers of the processes that pass a filter, where not all can be told one by one; else of all.

        Raises:
            Abandoned: `abandoned` said so.
        """
        every = np.arange(len(self.places))
        if not chosen or len(every) <= MOST_PROCESSES:
            return every
        found: list[int] = []
        totals, whole, seconds = self.totals.tolist(), int(self.totals.sum()), self.measured.seconds

        def passes(process: int) -> bool:
            count = totals[process]
            return chosen(clean(escape(self.name(process))), numbers(count, count / seconds, count / whole))

        for at in range(0, len(totals) if seconds > 0 else 0, CHUNK):
            if abandoned():
                raise Abandoned
            found += filter(passes, range(at, min(at + CHUNK, len(totals))))
        return np.array(found, np.int64)

    def busiest(self, wanted: Places) -> Places:
        """Those of the processes wanted that are told one by one, in order of their numbers."""
        if len(wanted) <= MOST_PROCESSES:
            return wanted
        order = np.argpartition(self.totals[wanted], -MOST_PROCESSES)
        return np.asarray(np.sort(wanted[order[-MOST_PROCESSES:]]))

    @property
    def vectors(self) -> int:
        """How many there are."""
        return len(self._vectors[0])

    def find(self, names: Iterable[bytes]) -> Places:
        """The numbers of the processes of these names that are there."""
        arena = self.measured.data.arena
        places = [arena.find(b"\0" + name + b"\0") + 1 if name else 0 for name in names]
        return np.flatnonzero(np.isin(self.places, places))

    @cached_property
    def _vectors(self) -> tuple[Integers, Numbers]:
        """The vectors in order, and for each row the number of its own."""
        of_rows = self.measured.integers[self.measured.hits != 0, 0]
        distinct = np.unique(of_rows)
        return distinct, np.searchsorted(distinct, of_rows).astype(np.int32)

    def sums(self, wanted: Places | None = None) -> Sums:
        """These processes together, all of them with None."""
        distinct, back = self._vectors
        by_vector = np.zeros(len(distinct), np.uint64)
        if wanted is None:
            np.add.at(by_vector, back, self.hits)
        else:
            rows = np.isin(self.process, wanted)
            np.add.at(by_vector, back[rows], self.hits[rows])
        some = np.sort(np.argsort(by_vector)[-MOST_VECTORS:])
        told = {int(distinct[at]): int(by_vector[at]) for at in some if by_vector[at]}
        return Sums(len(self.places) if wanted is None else len(wanted), int(by_vector.sum()), told)

    def counts(self, processes: Places, vectors: Collection[int]) -> dict[str, dict[int, int]]:
        """The interrupts of these processes by these vectors."""
        distinct, back = self._vectors
        columns = np.flatnonzero(np.isin(distinct, np.array([*vectors], np.uint64)))
        column, line = np.full(len(distinct), -1), np.full(len(self.places), -1)
        column[columns], line[processes] = np.arange(len(columns)), np.arange(len(processes))
        kept = np.flatnonzero((line[self.process] >= 0) & (column[back] >= 0))
        table = np.zeros((len(processes), len(columns)), np.uint64)
        np.add.at(table, (line[self.process[kept]], column[back[kept]]), self.hits[kept])
        names = distinct[columns].tolist()
        return {
            escape(self.name(int(process))): {vector: count for vector, count in zip(names, row, strict=True) if count}
            for process, row in zip(processes, table.tolist(), strict=True)
        }


def numbers(count: int, rate: float, share: float) -> dict[str, float]:
    """What a filter may compare of a process."""
    return {"rate": rate, "count": count, "share": share * 100}


def _never() -> bool:
    return False


def tally(measured: Measured, chosen: Filter = NO_FILTER, abandoned: Callable[[], bool] = _never) -> Tally:
    """Count the interrupts of a span.

    Args:
        measured: an aggregate keyed by vector and name.
        chosen: which processes are wanted, where not all can be told one by one.
        abandoned: the result is no longer wanted.

    Raises:
        Abandoned: `abandoned` said so.
    """
    grouped = Grouped(measured)
    wanted = grouped.wanted(chosen, abandoned)
    return _told(grouped, wanted, grouped.busiest(wanted))


def against(
    now: Measured, baseline: Measured, chosen: Filter = NO_FILTER, abandoned: Callable[[], bool] = _never
) -> tuple[Tally, Tally]:
    """Count the interrupts of a span and of the baseline; processes told in one are told in the other too.

    Raises:
        Abandoned: `abandoned` said so.
    """
    ours, theirs = Grouped(now), Grouped(baseline)
    wanted, everyone = ours.wanted(chosen, abandoned), theirs.wanted(NO_FILTER, abandoned)
    here, there = ours.busiest(wanted), theirs.busiest(everyone)
    both_here = np.union1d(here, ours.find(map(theirs.name, there.tolist())))
    both_there = np.union1d(there, theirs.find(map(ours.name, here.tolist())))
    return _told(ours, wanted, both_here), _told(theirs, everyone, both_there)


def _told(grouped: Grouped, wanted: Places, told: Places) -> Tally:
    every = grouped.sums()
    counts = grouped.counts(told, every.vectors)
    totals = zip(counts, grouped.totals[told].tolist(), strict=True)
    return Tally(
        counts,
        dict(totals),
        grouped.measured.seconds,
        every,
        int(grouped.totals.max(initial=0)),
        max((max(by_vector.values(), default=0) for by_vector in counts.values()), default=0),
        grouped.sums(wanted) if len(wanted) > MOST_PROCESSES else None,
        whole=len(told) == every.processes and grouped.vectors <= MOST_VECTORS,
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
