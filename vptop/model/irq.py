# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process and vector over a span of Frames, flat and as a tree of families."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from engine.probes.frame import AggregateId
from vptop.model.moment import Moment
from vptop.model.processkeys import ProcessId, ProcessKeys, process_keys
from vptop.model.rows import Measured
from vptop.model.session import Session
from vptop.model.tally import Tally, added, tally

AT_ONCE = 5_000
"""Rows of an aggregate up to which the interrupts of a Frame are counted before the next paint."""
OTHERS = "other vectors"
_FAMILY = re.compile(r"[^/:]+(?=[/:])")
"""What stands before the first `/` or `:` of a name, as Linux names its kernel threads (kworker/0:1, ksoftirqd/0)."""


class Process(Struct, frozen=True):
    """A process, a family of processes, or one vector of a process, in a span of Frames.

    In a tree by parents the numbers are those of the process and of all below it; `alone` has its own.
    """

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
    """of the process with most; a sum may be above 1"""
    key: Hashable = ""
    """what makes it the same line a second later"""
    process: ProcessId | None = None
    """the process; of a vector, the one that it interrupted; None: a family"""
    parent: int = 0
    """the number of its parent; 0: none, or unknown"""
    depth: int = 0
    """how many lines of a tree it is below"""
    parts: tuple[Process, ...] = ()
    """the processes of a family, the children of a process"""
    members: tuple[ProcessId, ...] = ()
    """the processes whose interrupts of all vectors are summed here"""
    base: float | None = None
    """the rate at the baseline; None: nothing is compared"""
    alone: Process | None = None
    """in a tree by parents, the process without those below it; None: it is there for these alone"""

    @property
    def by_vector(self) -> Mapping[int, float]:
        """What lines of vectors below it say; of a family, and of one vector, nothing."""
        own = self.alone or self
        return own.vectors if len(own.members) == 1 and own.members[0] == self.process else {}

    @property
    def opens(self) -> bool:
        """In a tree there are lines below it."""
        return bool(self.parts or self.by_vector)

    @property
    def is_above(self) -> bool:
        """In a tree by parents it is there for those below it alone."""
        return self.process is not None and self.alone is None and self.process not in self.members and bool(self.parts)

    @property
    def change(self) -> float:
        """By how much the rate has grown since the baseline."""
        return self.rate - (self.base or 0.0)

    @property
    def growth(self) -> float | None:
        """The same as a share; None where there was nothing before."""
        return self.change / self.base if self.base else None if self.change else 0.0


def keys_of(moment: Moment, measured: Measured) -> ProcessKeys | None:
    """The keys behind the vector that tell processes apart."""
    return process_keys(moment.hint(measured.aggregate), measured.data, first=1)


class IrqHistory:
    """Remembers the counts of each Frame, so that a new one costs only itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[AggregateId, ProcessKeys, tuple[int, int]], Tally] = {}

    def at(self, session: Session, aggregate: AggregateId, keys: ProcessKeys, sequence: int) -> Tally | None:
        """Counts of the interval that ended with a Frame; None where nothing is known, or it takes long."""
        key = aggregate, keys, session.edition(sequence)
        if (known := self._known.get(key)) is None:
            measured = session.measured(sequence, aggregate)
            if measured is None or len(measured) > AT_ONCE or not has_keys(measured, keys):
                return None
            known = self._known[key] = tally([measured], keys)
        return known

    def learn(self, aggregate: AggregateId, keys: ProcessKeys, edition: tuple[int, int], found: Tally) -> None:
        """What was counted of one Frame."""
        self._known[aggregate, keys, edition] = found

    def span(self, moment: Moment, aggregate: AggregateId, keys: ProcessKeys, frames: int) -> Tally | None:
        """Counts of the Frames up to a moment together; None where those of several are not all known one by one."""
        first = moment.session.timeline.ring.first
        self._known = {
            key: known for key, known in self._known.items() if key[2][0] >= first and key[:2] == (aggregate, keys)
        }
        found: list[Tally] = []
        for sequence in range(max(moment.oldest, moment.sequence - frames + 1), moment.sequence + 1):
            measured = moment.session.measured(sequence, aggregate)
            if measured is None or not (measured.known or sequence == moment.sequence) or not has_keys(measured, keys):
                continue
            known = self.at(moment.session, aggregate, keys, sequence)
            if known is None or not (known.whole or frames == 1):
                return None
            found.append(known)
        return found[0] if frames == 1 and found else added(found)

    def trend(
        self,
        moment: Moment,
        aggregate: AggregateId,
        keys: ProcessKeys,
        members: Sequence[ProcessId],
        frames: int,
    ) -> list[float | None]:
        """Interrupts per second of processes over the last Frames, oldest first; None where it is not known."""
        if not members:
            return []
        found: list[float | None] = []
        for sequence in range(moment.sequence - frames + 1, moment.sequence + 1):
            known = self.at(moment.session, aggregate, keys, sequence) if sequence >= 0 else None
            if known is None or known.seconds <= 0 or not (known.whole or all(one in known.totals for one in members)):
                found.append(None)
            else:
                found.append(sum(known.totals.get(one, 0) for one in members) / known.seconds)
        return found


def has_keys(measured: Measured, keys: ProcessKeys) -> bool:
    """Whether the rows have these keys: before a reload of their script they may have had fewer."""
    integers = measured.data.integer_keys
    return max(keys.pid or 0, keys.parent or 0) < integers <= keys.name < measured.data.keys


def processes(counted: Tally) -> list[Process]:
    """A line for each process that is told one by one."""
    whole, most, seconds = counted.every.count, counted.most, counted.seconds
    if not whole or seconds <= 0:
        return []
    return [
        Process(
            one.name,
            total / seconds,
            {vector: count / seconds for vector, count in counted.counts[one].items()},
            total,
            total / whole,
            total / most,
            one,
            one,
            counted.parents.get(one, 0),
            members=(one,),
        )
        for one, total in counted.totals.items()
    ]


def compared(found: Iterable[Process], baseline: Tally) -> list[Process]:
    """The processes with their rates in the baseline's second, and those that are gone."""
    then = {process.key: process for process in processes(baseline)}
    now = [replace(one, base=then[one.key].rate if one.key in then else 0.0) for one in found]
    here = {process.key for process in now}
    gone = [process for key, process in then.items() if key not in here]
    return now + [
        Process(one.name, key=one.key, process=one.process, parent=one.parent, members=one.members, base=one.rate)
        for one in gone
    ]


def families(found: Iterable[Process]) -> list[Process]:
    """The processes; those of one family below a line of their own."""
    known: dict[str, list[Process]] = {}
    for process in found:
        match = _FAMILY.match(process.name)
        known.setdefault(match[0] if match else process.name, []).append(process)
    return [_family(name, members) if len(members) > 1 else members[0] for name, members in known.items()]


def _family(name: str, members: Sequence[Process]) -> Process:
    label = f"{name}/*"
    return summed(Process(label, key=label), [replace(member, depth=1) for member in members])


def summed(line: Process, below: Sequence[Process], depth: int = 0, alone: Process | None = None) -> Process:
    """A line at a depth of a tree, with the numbers of those below it added to its own."""
    rate, count, share, peak, base = line.rate, line.count, line.share, line.peak, line.base
    vectors, members = line.vectors, [*line.members]
    if below:
        together = dict(vectors)
        for part in below:
            rate, count, share, peak = rate + part.rate, count + part.count, share + part.share, peak + part.peak
            base = part.base if base is None else base + (part.base or 0.0)
            members += part.members
            for vector, of_it in part.vectors.items():
                together[vector] = together.get(vector, 0.0) + of_it
        vectors = together
    return Process(
        line.name,
        rate,
        vectors,
        count,
        share,
        peak,
        line.key,
        line.process,
        line.parent,
        depth,
        tuple(below),
        tuple(members),
        base,
        alone,
    )


def vector_lines(row: Process, vector_name: Callable[[int], str]) -> Sequence[Process]:
    """The lines of vectors below one of a tree."""
    own = row.alone or row
    if not row.by_vector:
        return ()

    def line(name: str, rate: float, vectors: Mapping[int, float]) -> Process:
        part = rate / own.rate
        return Process(
            name,
            rate,
            vectors,
            round(own.count * part),
            own.share * part,
            own.peak * part,
            (row.key, name),
            row.process,
            depth=row.depth + 1,
        )

    found = [line(vector_name(vector), rate, {vector: rate}) for vector, rate in row.by_vector.items()]
    rest = own.count - sum(one.count for one in found)
    return [*found, line(OTHERS, own.rate * rest / own.count, {})] if rest else found
