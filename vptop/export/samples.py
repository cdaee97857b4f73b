# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks as samples: what profilers read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

from engine.probes.frame import AggregateId, labels
from vptop.export.format import ExportError
from vptop.model.fold import since_start
from vptop.model.kinds import Kind
from vptop.model.moment import Moment

S = TypeVar("S", bound=Hashable)


Sample: TypeAlias = tuple[list[str], int]
"""Functions from the outermost call to the innermost, and how often that stack was seen."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Stacks under a name."""

    label: str
    samples: Callable[[], Iterable[Sample]]


def profiles(moment: Moment) -> list[Profile]:
    """A profile for each aggregate that holds stacks, of all that is kept up to that moment.

    Raises:
        ExportError: none does.
    """
    label = labels(moment.frame.aggregates)
    found = [
        Profile(label[which], partial(_samples, moment, which))
        for which in moment.frame.aggregates
        if moment.kind(which) is Kind.STACKS
    ]
    if not found:
        raise ExportError("no aggregate holds stacks; load a script whose keys gueststack makes, such as stacks.vp")
    return found


def _samples(moment: Moment, which: AggregateId) -> Iterator[Sample]:
    """The other keys of a row, a process name for one, are outermost."""
    measured, _ = since_start(moment, which)
    for row in measured.data if measured else ():
        if row.count:
            yield moment.session.namer.labels((row.integers, row.strings))[0], row.count


def merged(samples: Iterable[tuple[S, int]]) -> dict[S, int]:
    """Equal stacks as one, whose counts are summed: other addresses in the same functions, for example."""
    found: dict[S, int] = {}
    for stack, count in samples:
        found[stack] = found.get(stack, 0) + count
    return found
