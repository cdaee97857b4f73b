# SPDX-License-Identifier: GPL-2.0-or-later
"""The stacks of a Frame as samples: what profilers read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.probes.frame import labels
from vptop.model.kinds import Kind
from vptop.model.session import Moment


@dataclass(frozen=True, slots=True)
class Profile:
    """The stacks of one aggregate."""

    label: str
    samples: tuple[tuple[tuple[str, ...], int], ...]
    """functions from the outermost call to the innermost, and how often that stack was seen"""


def profiles(moment: Moment) -> Iterator[Profile]:
    """A profile for each aggregate that holds stacks. Its other keys, a process name for one, are outermost."""
    label = labels(moment.frame.aggregates)
    for which, data in moment.frame.aggregates.items():
        if moment.kind(which) is Kind.STACKS:
            rows = ((moment.session.namer.labels((row.integers, row.strings))[0], row.count) for row in data)
            yield Profile(label[which], tuple((tuple(functions), count) for functions, count in rows if count))
