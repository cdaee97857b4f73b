# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest of what a bucketed aggregate counted in the last seconds."""

from __future__ import annotations

from dataclasses import dataclass

from engine.probes.frame import AggregateId
from vptop.model.box import Box
from vptop.model.rows import MOST_HIGHEST, Key, Measured
from vptop.model.session import Moment

MOST = MOST_HIGHEST
WINDOW = 60
"""Frames that are looked through."""


@dataclass(frozen=True, slots=True)
class Slow:
    """What fell into one of the highest buckets in one Frame."""

    sequence: int
    low: int
    """the lower end of the bucket"""
    count: int
    key: Key
    """with the bucket"""
    row: int = 0
    """its index in that Frame"""

    @property
    def label(self) -> str:
        """The keys beside the bucket."""
        integers, strings = self.key
        return " ".join([*map(str, integers[1:]), *strings])


def slowest(moment: Moment, aggregate: AggregateId, most: int = MOST, box: Box | None = None) -> list[Slow]:
    """At most so many, and no more than MOST, the slowest first, of equal ones the newest first.

    Args:
        moment: the last Frame to look at.
        aggregate: one whose first integer key is the lower end of a bucket.
        most: how many.
        box: look at these Frames and buckets alone.
    """
    found: list[tuple[int, int, int, Measured]] = []
    first, last = (box.first, box.last) if box else (max(0, moment.sequence - WINDOW + 1), moment.sequence)
    for sequence in range(first, last + 1):
        measured = moment.session.measured(sequence, aggregate)
        if measured is None or not measured.data.integer_keys or not measured.known:
            continue
        rows = measured.highest if box is None else box.rows(measured)
        lows = measured.integers[rows, 0]
        found += [(-low, -sequence, row, measured) for low, row in zip(lows.tolist(), rows.tolist(), strict=True)]
    found.sort(key=lambda slow: slow[:2])
    return [
        Slow(-sequence, -low, int(measured.hits[row]), measured.key(row), row)
        for low, sequence, row, measured in found[:most]
    ]
