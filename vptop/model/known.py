# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and parents of processes by number, from whatever aggregate of a Frame that is kept has them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from engine.probes.frame import AggregateData, AggregateId
from engine.text import escape
from vptop.model.columns import integers_of, offsets_of
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.processkeys import NAME, ProcessId, ProcessKeys, Relative, process_keys

MOST_ROWS = 5_000
"""Rows of an aggregate up to which it is looked through."""
MOST_FOUND = 10_000
"""Processes that are remembered."""


class KnownProcesses:
    """Remembers what was found, so that a new Frame costs only itself."""

    def __init__(self) -> None:
        self._newest: tuple[int, int] | None = None
        self._found: dict[int, Relative | None] = {}
        """None: in no Frame up to the newest that was looked at"""

    def find(self, moment: Moment, wanted: Collection[int]) -> Mapping[int, Relative]:
        """What the newest Frame up to a moment that has a process says of it, by number."""
        edition = moment.session.edition(moment.sequence)
        since = oldest = moment.oldest
        if self._newest is not None and oldest <= self._newest[0] < moment.sequence:
            since = self._newest[0] + 1
        elif edition != self._newest or len(self._found) > MOST_FOUND:
            self._found = {}
        if edition != self._newest:
            self._look(moment, since, {*self._found})
            self._newest = edition
        if new := {*wanted} - self._found.keys():
            self._look(moment, oldest, new)
        return {pid: found for pid in wanted if (found := self._found[pid]) is not None}

    def in_frame(self, moment: Moment, wanted: Collection[int]) -> Mapping[int, Relative]:
        """What the Frame of a moment says of processes; of those that it does not have, what was found last."""
        found = {pid: known for pid in wanted if (known := self._found.get(pid)) is not None}
        for data, keys in [*_sources(moment)][::-1]:
            found.update(_seen(data, keys, wanted))
        return found

    def _look(self, moment: Moment, oldest: int, wanted: set[int]) -> None:
        """Look for processes from a moment back to a Frame; what is not there stays as it was known."""
        for pid in wanted:
            self._found.setdefault(pid, None)
        for sequence in range(moment.sequence, oldest - 1, -1):
            then = moment.session.at(sequence) if wanted else None
            if then is None:
                break
            for data, keys in _sources(then):
                seen = _seen(data, keys, wanted)
                self._found.update(seen)
                wanted = wanted - seen.keys()


def _sources(moment: Moment) -> Iterator[tuple[AggregateData, ProcessKeys]]:
    """The aggregates that have numbers and names of processes, those with parents first."""
    found = []
    for aggregate, data in moment.frame.aggregates.items():
        keys = process_keys(moment.hint(aggregate), data) if 0 < len(data) <= MOST_ROWS else None
        if keys is not None and keys.pid is not None and _names_processes(moment, aggregate, keys):
            found.append((data, keys))
    return iter(sorted(found, key=lambda one: one[1].parent is None))


def has_process(moment: Moment, aggregate: AggregateId, data: AggregateData, name: str) -> bool:
    """Whether a name is that of a process in some rows of an aggregate, and not another key of these."""
    keys = process_keys(moment.hint(aggregate), data) if len(data) else None
    if keys is None or not _names_processes(moment, aggregate, keys):
        return False
    place = (b"\0" + data.arena).find(b"\0" + name.encode() + b"\0")
    return place >= 0 and bool(np.any(offsets_of(data).stored(keys.name - data.integer_keys) == place))


def _names_processes(moment: Moment, aggregate: AggregateId, keys: ProcessKeys) -> bool:
    """Whether its string key is the name of a process: of interrupts it is, of others where the hint says so."""
    labels = moment.hint(aggregate).keys
    named = len(labels) > keys.name and labels[keys.name].label.lower() == NAME
    return named or moment.kind(aggregate) is Kind.TOP


def _seen(data: AggregateData, keys: ProcessKeys, wanted: Collection[int]) -> dict[int, Relative]:
    """Those of the processes that have rows; of several, what the last says."""
    integers, offsets = integers_of(data), offsets_of(data)
    rows = np.flatnonzero(np.isin(integers[:, keys.pid or 0], np.array([*wanted], np.uint64)))
    found = {}
    for row in rows.tolist():
        begin = offsets.number(row, keys.name - data.integer_keys)
        name = escape(data.arena[begin : data.arena.index(b"\0", begin)])
        pid = integers.number(row, keys.pid or 0)
        found[pid] = Relative(ProcessId(name, pid), 0 if keys.parent is None else integers.number(row, keys.parent))
    return found
