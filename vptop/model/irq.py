# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process and vector over a span of Frames, flat and as a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.probes.frame import AggregateId
from vptop.model.session import Moment, Session
from vptop.model.tally import Tally, added, tally

AT_ONCE = 5_000
"""Rows of an aggregate up to which the interrupts of a Frame are counted before the next paint."""
OTHERS = "other vectors"
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
    """of a family of a tree, its processes"""
    members: tuple[str, ...] = ()
    """the processes whose interrupts of all vectors are summed here"""
    base: float | None = None
    """the rate at the baseline; None: nothing is compared"""

    @property
    def opens(self) -> bool:
        """In a tree there are lines below it."""
        return bool(self.parts or (self.members and self.vectors))

    @property
    def change(self) -> float:
        """By how much the rate has grown since the baseline."""
        return self.rate - (self.base or 0.0)

    @property
    def growth(self) -> float | None:
        """The same as a share; None where there was nothing before."""
        return self.change / self.base if self.base else None if self.change else 0.0


class IrqHistory:
    """Remembers the counts of each Frame, so that a new one costs only itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[AggregateId, tuple[int, int]], Tally] = {}

    def at(self, session: Session, aggregate: AggregateId, sequence: int) -> Tally | None:
        """Counts of the interval that ended with a Frame; None where nothing is known, or it takes long."""
        key = aggregate, session.edition(sequence)
        if (known := self._known.get(key)) is None:
            measured = session.measured(sequence, aggregate)
            if measured is None or len(measured) > AT_ONCE:
                return None
            known = self._known[key] = tally([measured])
        return known

    def learn(self, aggregate: AggregateId, edition: tuple[int, int], found: Tally) -> None:
        """What was counted of one Frame."""
        self._known[aggregate, edition] = found

    def span(self, moment: Moment, aggregate: AggregateId, frames: int) -> Tally | None:
        """Counts of the Frames up to a moment together; None where they are not all known one by one."""
        first = moment.session.timeline.ring.first
        self._known = {key: known for key, known in self._known.items() if key[1][0] >= first and key[0] == aggregate}
        found: list[Tally] = []
        for sequence in range(max(first, moment.sequence - frames + 1), moment.sequence + 1):
            measured = moment.session.measured(sequence, aggregate)
            if measured is None or not (measured.known or sequence == moment.sequence):
                continue
            known = self.at(moment.session, aggregate, sequence)
            if known is None or not known.whole:
                return None
            found.append(known)
        return added(found)

    def trend(self, moment: Moment, aggregate: AggregateId, names: Sequence[str], frames: int) -> list[float | None]:
        """Interrupts per second of processes over the last Frames, oldest first; None where it is not known."""
        if not names:
            return []
        found: list[float | None] = []
        for sequence in range(moment.sequence - frames + 1, moment.sequence + 1):
            known = self.at(moment.session, aggregate, sequence) if sequence >= 0 else None
            if known is None or known.seconds <= 0 or not (known.whole or all(name in known.totals for name in names)):
                found.append(None)
            else:
                found.append(sum(known.totals.get(name, 0) for name in names) / known.seconds)
        return found


def processes(counted: Tally) -> list[Process]:
    """A line for each process that is told one by one."""
    whole, most, seconds = counted.every.count, counted.most, counted.seconds
    if not whole or seconds <= 0:
        return []
    return [
        Process(
            name,
            total / seconds,
            {vector: count / seconds for vector, count in counted.counts[name].items()},
            total,
            total / whole,
            total / most,
            (name,),
            members=(name,),
        )
        for name, total in counted.totals.items()
    ]


def compared(found: Iterable[Process], baseline: Tally) -> list[Process]:
    """The processes with their rates in the baseline's second, and those that are gone."""
    then = {process.name: process for process in processes(baseline)}
    now = [replace(one, base=then[one.name].rate if one.name in then else 0.0) for one in found]
    names = {process.name for process in now}
    gone = [process for name, process in then.items() if name not in names]
    return now + [Process(one.name, base=one.rate, path=one.path, members=one.members) for one in gone]


def tree(found: Iterable[Process]) -> list[Process]:
    """The processes; those of one family below a line of their own."""
    families: dict[str, list[Process]] = {}
    for process in found:
        match = _FAMILY.match(process.name)
        families.setdefault(match[0] if match else process.name, []).append(process)
    return [_family(name, members) if len(members) > 1 else members[0] for name, members in families.items()]


def _family(name: str, members: Sequence[Process]) -> Process:
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
        tuple(replace(member, path=(label, member.name)) for member in members),
        tuple(member.name for member in members),
        None if members[0].base is None else sum(member.base or 0.0 for member in members),
    )


def below(row: Process, vector_name: Callable[[int], str]) -> Sequence[Process]:
    """The lines below one of a tree: the processes of a family, the vectors of a process."""
    if row.parts or not row.opens:
        return row.parts

    def line(name: str, rate: float, vectors: Mapping[int, float]) -> Process:
        part = rate / row.rate
        return Process(
            name, rate, vectors, round(row.count * part), row.share * part, row.peak * part, (*row.path, name)
        )

    found = [line(vector_name(vector), rate, {vector: rate}) for vector, rate in row.vectors.items()]
    rest = row.count - sum(one.count for one in found)
    return [*found, line(OTHERS, row.rate * rest / row.count, {})] if rest else found
