# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts counted by process and vector: of a few processes each number, of a million the busiest and the sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.text import escape
from vptop.model.arena import used
from vptop.model.blocks import blocks, never
from vptop.model.cached import cached
from vptop.model.columns import Integers
from vptop.model.filterexpr import NO_FILTER, OPERATORS, Comparison, Filter, Pattern, Words
from vptop.model.groups import Groups
from vptop.model.matching import numbers_match, strings_match
from vptop.model.processkeys import ProcessId, ProcessKeys, Relative, looked_into
from vptop.model.rows import Mask, Measured, summed_by

MOST_PROCESSES = 1000
"""Processes that are told one by one, those with most interrupts."""
MOST_VECTORS = 64
"""Vectors that are told apart, those with most interrupts."""

MOST_RELATIVES = 1000
"""Processes that are looked up because they are above others in the tree."""

Counts = Mapping[ProcessId, Mapping[int, int]]
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
    totals: Mapping[ProcessId, int] = field(default_factory=dict)
    """of all vectors, also of those that are not told apart"""
    parents: Mapping[ProcessId, int] = field(default_factory=dict)
    """numbers of their parents; empty where no key tells them"""
    relatives: Mapping[int, Relative] = field(default_factory=dict)
    """by number, processes above these in the tree that are not told one by one"""
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
    """The updates of some intervals of an aggregate keyed by vector and process, put together by process."""

    def __init__(self, parts: Sequence[Measured], keys: ProcessKeys, abandoned: Callable[[], bool]) -> None:
        self.keys = keys
        self.groups = Groups(parts, keys.columns, abandoned)
        self.totals = self.groups.totals
        self.every: Places = np.flatnonzero(self.totals)
        """the numbers of the processes that were interrupted"""
        self.seconds = sum(part.seconds for part in parts)
        self._abandoned = abandoned

    def process(self, process: int) -> ProcessId:
        """Its name, as it is shown, and its number."""
        part = self.groups.parts[int(self.groups.part[process])]
        text = self.keys.name - part.data.integer_keys
        name = escape(part.string(part.offsets.number(int(self.groups.row[process]), text)))
        return ProcessId(name, None if self.keys.pid is None else int(self.pids[process]))

    @cached
    def pids(self) -> Integers:
        """The number of each process."""
        found = np.zeros(len(self.groups), np.uint64)
        if self.keys.pid is None:
            return found
        for block in blocks(len(found), self._abandoned):
            for at, part in enumerate(self.groups.parts):
                mine = self.groups.part[block] == at
                found[block][mine] = part.integers[self.groups.row[block][mine], self.keys.pid]
        return found

    @cached
    def parents(self) -> Integers:
        """The number of the parent of each process, as it was last; 0: none."""
        found = np.zeros(len(self.groups), np.uint64)
        if self.keys.parent is None:
            return found
        for part, numbers in zip(self.groups.parts, self.groups.numbers, strict=True):
            for block in blocks(len(part), self._abandoned):
                rows = np.flatnonzero(part.hits[block])
                found[numbers[block][rows]] = part.integers[block, self.keys.parent][rows]
        return found

    def parents_of(self, told: Places) -> dict[ProcessId, int]:
        """The numbers of the parents of these, where a key tells them."""
        if self.keys.parent is None:
            return {}
        return dict(zip(map(self.process, told.tolist()), self.parents[told].tolist(), strict=True))

    def relatives(self, told: Places) -> dict[int, Relative]:
        """By number, the processes above these in the tree that are none of these; of equal numbers the newest."""
        found: dict[int, Relative] = {}
        if self.keys.parent is None or len(told) == len(self.every):
            return found
        order = self.every[np.argsort(self.pids[self.every], kind="stable")]
        pids, below = self.pids[order], told
        known = {0, *self.pids[told].tolist()}
        while len(below) and len(found) < MOST_RELATIVES:
            wanted = np.array(sorted({*self.parents[below].tolist()} - known)[:MOST_RELATIVES], np.uint64)
            known.update(wanted.tolist())
            last = np.maximum(np.searchsorted(pids, wanted, side="right"), 1) - 1
            below = order[last[pids[last] == wanted]]
            for one in below.tolist():
                found[int(self.pids[one])] = Relative(self.process(one), int(self.parents[one]))
        return found

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
        in_names, in_numbers = looked_into(test)
        found = np.zeros(len(self.groups), bool)
        if in_numbers and self.keys.pid is not None:
            found |= numbers_match(self.pids, str, test, self._abandoned)
        for at, part in enumerate(self.groups.parts if in_names else ()):
            mine, places = self.groups.places(at, self.keys.name - part.data.integer_keys)
            names = used(part.data.arena, places)
            passing = names[strings_match(part.data.arena, names, None, test, self._abandoned)]
            found[mine] |= np.isin(places, passing)
        return found

    def busiest(self, wanted: Places) -> Places:
        """Those of the processes wanted that are told one by one, in order of their numbers."""
        if len(wanted) <= MOST_PROCESSES:
            return wanted
        order = np.argpartition(self.totals[wanted], -MOST_PROCESSES)
        return np.asarray(np.sort(wanted[order[-MOST_PROCESSES:]]))

    def same(self, other: Interrupts, processes: Places) -> Places:
        """The numbers of the processes that are these of the other."""
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

    def counts(self, processes: Places, vectors: Collection[int]) -> dict[ProcessId, dict[int, int]]:
        """The interrupts of these processes by these vectors."""
        lines = self._lines(processes, np.arange(len(processes)))
        found = self.groups.cells(lines, np.array(sorted(vectors), np.uint64)).of_lines(len(processes))
        return dict(zip(map(self.process, processes.tolist()), found, strict=True))

    def _lines(self, processes: Places, lines: Places) -> Places:
        found = np.full(len(self.groups), -1, np.int64)
        found[processes] = lines
        return found


def numbers(count: float, rate: float, share: float) -> dict[str, float]:
    """What a filter may compare of a process."""
    return {"rate": rate, "count": count, "share": share * 100}


def tally(
    parts: Sequence[Measured],
    keys: ProcessKeys,
    chosen: Filter = NO_FILTER,
    abandoned: Callable[[], bool] = never,
) -> Tally:
    """Count the interrupts of a span.

    Args:
        parts: intervals of an aggregate keyed by vector and process, at least one, oldest first.
        keys: those that tell processes apart.
        chosen: which processes are wanted, where not all can be told one by one.
        abandoned: the result is no longer wanted.

    Raises:
        Abandoned: `abandoned` said so.
    """
    found = Interrupts(parts, keys, abandoned)
    wanted = found.wanted(chosen)
    return _told(found, wanted, found.busiest(wanted))


def against(
    now: Sequence[Measured],
    baseline: Measured,
    keys: ProcessKeys,
    chosen: Filter = NO_FILTER,
    abandoned: Callable[[], bool] = never,
) -> tuple[Tally, Tally]:
    """Count the interrupts of a span and of the baseline; processes told in one are told in the other too.

    Raises:
        Abandoned: `abandoned` said so.
    """
    ours, theirs = Interrupts(now, keys, abandoned), Interrupts([baseline], keys, abandoned)
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
        found.parents_of(told),
        found.relatives(told),
        found.seconds,
        every,
        int(found.totals.max(initial=0)),
        max((max(by_vector.values(), default=0) for by_vector in counts.values()), default=0),
        found.sums(wanted) if len(wanted) > MOST_PROCESSES else None,
        whole=len(told) == every.processes and len(found.vectors[0]) <= MOST_VECTORS,
    )


def added(tallies: Iterable[Tally]) -> Tally:
    """Whole tallies of spans that follow each other as one."""
    counts: dict[ProcessId, dict[int, int]] = {}
    parents: dict[ProcessId, int] = {}
    seconds = 0.0
    for one in tallies:
        seconds += one.seconds
        parents.update(one.parents)
        for process, by_vector in one.counts.items():
            here = counts.setdefault(process, {})
            for vector, count in by_vector.items():
                here[vector] = here.get(vector, 0) + count
    return exactly(counts, seconds, parents)


def exactly(counts: Counts, seconds: float, parents: Mapping[ProcessId, int] | None = None) -> Tally:
    """The tally of these counts and no others."""
    totals = {process: sum(by_vector.values()) for process, by_vector in counts.items()}
    vectors: dict[int, int] = {}
    for by_vector in counts.values():
        for vector, count in by_vector.items():
            vectors[vector] = vectors.get(vector, 0) + count
    whole = Sums(len(totals), sum(totals.values()), vectors)
    peak = max((max(by_vector.values(), default=0) for by_vector in counts.values()), default=0)
    return Tally(counts, totals, parents or {}, {}, seconds, whole, max(totals.values(), default=0), peak)
