# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process and vector over a span of Frames, flat and as a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.probes.frame import AggregateId
from engine.text import escape
from vptop.model.rows import Measured
from vptop.model.session import Moment, Session

Counts = Mapping[str, Mapping[int, int]]
"""Interrupts by process and vector."""
Path = tuple[str, ...]
_FAMILY = re.compile(r"[^/:]+(?=[/:])")
"""What stands before the first `/` or `:` of a name, as Linux names its kernel threads (kworker/0:1, ksoftirqd/0)."""


@dataclass(frozen=True)
class Process:
    """A process, a family of processes, or one vector of a process, in a span of Frames."""

    name: str
    rate: float = 0.0
    """interrupts per guest second"""
    vectors: Mapping[int, float] = field(default_factory=dict)
    """the same by vector"""
    count: int = 0
    """interrupts in the span"""
    share: float = 0.0
    """of all processes"""
    peak: float = 0.0
    """of the process with most"""
    path: Path = ()
    """from the outermost line of a tree to this one"""
    parts: tuple[Process, ...] = ()
    """the lines below it in a tree"""
    members: tuple[str, ...] = ()
    """the processes whose interrupts of all vectors are summed here"""
    base: float | None = None
    """the rate at the baseline; None: nothing is compared"""

    @property
    def change(self) -> float:
        """By how much the rate has grown since the baseline."""
        return self.rate - (self.base or 0.0)

    @property
    def growth(self) -> float | None:
        """The same as a share; None where there was nothing."""
        return self.change / self.base if self.base else None


def counts_of(measured: Measured) -> dict[str, dict[int, int]]:
    """The updates of an aggregate keyed by vector and name, in its interval."""
    hits = measured.hits
    found: dict[str, dict[int, int]] = {}
    names: dict[int, str] = {}
    for row in np.flatnonzero(hits).tolist():
        offset = int(measured.offsets[row, 0])
        if (name := names.get(offset)) is None:
            name = names[offset] = escape(measured.string(offset))
        by_vector = found.setdefault(name, {})
        vector = int(measured.integers[row, 0])
        by_vector[vector] = by_vector.get(vector, 0) + int(hits[row])
    return found


class IrqHistory:
    """Remembers the counts of each Frame, so that a new one costs only itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[AggregateId, tuple[int, int]], tuple[Counts, float]] = {}

    def at(self, session: Session, aggregate: AggregateId, sequence: int) -> tuple[Counts, float] | None:
        """Counts, and guest seconds, of the interval that ended with a Frame; None where nothing is known."""
        key = aggregate, session.edition(sequence)
        if (known := self._known.get(key)) is None:
            measured = session.measured(sequence, aggregate)
            if measured is None:
                return None
            known = self._known[key] = counts_of(measured), measured.seconds
        return known

    def span(self, moment: Moment, aggregate: AggregateId, frames: int) -> tuple[Counts, float]:
        """Counts, and guest seconds, of the Frames up to a moment together."""
        first = moment.session.timeline.ring.first
        self._known = {key: known for key, known in self._known.items() if key[1][0] >= first and key[0] == aggregate}
        summed: dict[str, dict[int, int]] = {}
        seconds = 0.0
        for sequence in range(max(first, moment.sequence - frames + 1), moment.sequence + 1):
            known = self.at(moment.session, aggregate, sequence)
            if known is None:
                continue
            seconds += known[1]
            for name, by_vector in known[0].items():
                here = summed.setdefault(name, {})
                for vector, count in by_vector.items():
                    here[vector] = here.get(vector, 0) + count
        return summed, seconds

    def trend(self, moment: Moment, aggregate: AggregateId, names: Sequence[str], frames: int) -> list[float | None]:
        """Interrupts per second of processes over the last Frames, oldest first; None where nothing is known."""
        if not names:
            return []
        found: list[float | None] = []
        for sequence in range(moment.sequence - frames + 1, moment.sequence + 1):
            known = self.at(moment.session, aggregate, sequence) if sequence >= 0 else None
            counts, seconds = known or ({}, 0.0)
            hits = sum(sum(counts.get(name, {}).values()) for name in names)
            found.append(hits / seconds if seconds > 0 else None)
        return found


def processes(counts: Counts, seconds: float) -> list[Process]:
    """A line for each process.

    Args:
        counts: interrupts in a span.
        seconds: guest seconds of the span.
    """
    totals = {name: sum(by_vector.values()) for name, by_vector in counts.items()}
    whole, most = sum(totals.values()), max(totals.values(), default=0)
    if not whole or seconds <= 0:
        return []
    return [
        Process(
            name,
            totals[name] / seconds,
            {vector: count / seconds for vector, count in by_vector.items()},
            totals[name],
            totals[name] / whole,
            totals[name] / most,
            (name,),
            members=(name,),
        )
        for name, by_vector in counts.items()
    ]


def compared(found: Iterable[Process], moment: Moment, aggregate: AggregateId) -> list[Process]:
    """The processes with their rates in the baseline's second, where one is compared with."""
    comparison = moment.compared(aggregate)
    if comparison is None:
        return list(found)
    then = processes(counts_of(comparison.baseline), comparison.baseline.seconds)
    rates = {process.name: process for process in then}
    now = [replace(one, base=rates[one.name].rate if one.name in rates else 0.0) for one in found]
    names = {process.name for process in now}
    gone = [process for process in then if process.name not in names]
    return now + [Process(one.name, base=one.rate, path=one.path, members=one.members) for one in gone]


def tree(found: Iterable[Process], vector_name: Callable[[int], str]) -> list[Process]:
    """Processes with a line for each of their vectors; those of one family below a line of their own."""
    families: dict[str, list[Process]] = {}
    for process in found:
        match = _FAMILY.match(process.name)
        families.setdefault(match[0] if match else process.name, []).append(process)
    return [_family(name, members, vector_name) for name, members in families.items()]


def _family(name: str, members: Sequence[Process], vector_name: Callable[[int], str]) -> Process:
    if len(members) == 1:
        return _with_vectors(members[0], (), vector_name)
    label = f"{name}/*"
    vectors: dict[int, float] = {}
    for member in members:
        for vector, rate in member.vectors.items():
            vectors[vector] = vectors.get(vector, 0.0) + rate
    return Process(
        label,
        sum(member.rate for member in members),
        vectors,
        sum(member.count for member in members),
        sum(member.share for member in members),
        min(1.0, sum(member.peak for member in members)),
        (label,),
        tuple(_with_vectors(member, (label,), vector_name) for member in members),
        tuple(member.name for member in members),
        None if members[0].base is None else sum(member.base or 0.0 for member in members),
    )


def _with_vectors(process: Process, above: Path, vector_name: Callable[[int], str]) -> Process:
    path = (*above, process.name)
    parts = [
        Process(
            vector_name(vector),
            rate,
            {vector: rate},
            round(process.count * rate / process.rate),
            process.share * rate / process.rate,
            process.peak * rate / process.rate,
            (*path, vector_name(vector)),
        )
        for vector, rate in process.vectors.items()
    ]
    return replace(process, path=path, parts=tuple(parts))
