# SPDX-License-Identifier: GPL-2.0-or-later
"""The stacks of a Frame as samples: what profilers read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from engine.probes.frame import AggregateData, labels
from vptop.export.format import ExportError
from vptop.model.kinds import Kind
from vptop.model.session import Moment
from vptop.model.stacks import Namer

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Profile:
    """The stacks of one aggregate."""

    label: str
    data: AggregateData
    namer: Namer

    def samples(self) -> Iterator[tuple[list[str], int]]:
        """Functions from the outermost call to the innermost, and how often that stack was seen.

        The other keys of a row, a process name for one, are outermost.
        """
        for row in self.data:
            if row.count:
                yield self.namer.labels((row.integers, row.strings))[0], row.count


def profiles(moment: Moment) -> list[Profile]:
    """A profile for each aggregate that holds stacks.

    Raises:
        ExportError: none does.
    """
    label = labels(moment.frame.aggregates)
    found = [
        Profile(label[which], data, moment.session.namer)
        for which, data in moment.frame.aggregates.items()
        if moment.kind(which) is Kind.STACKS
    ]
    if not found:
        raise ExportError("no aggregate holds stacks; load a script whose keys gueststack makes, such as stacks.vp")
    return found


def merged(samples: Iterable[tuple[S, int]]) -> dict[S, int]:
    """Equal stacks as one, whose counts are summed: other addresses in the same functions, for example."""
    found: dict[S, int] = {}
    for stack, count in samples:
        found[stack] = found.get(stack, 0) + count
    return found
