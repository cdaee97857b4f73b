# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest of what a bucketed aggregate counted in the last seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.probes.frame import AggregateId
from vptop.model.box import Box
from vptop.model.rows import Key
from vptop.model.session import Moment

MOST = 100
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
    """At most so many, the slowest first, of equal ones the newest first.

    Args:
        moment: the last Frame to look at.
        aggregate: one whose first integer key is the lower end of a bucket.
        most: how many.
        box: look at these Frames and buckets alone.
    """
    found: list[Slow] = []
    first, last = (box.first, box.last) if box else (max(0, moment.sequence - WINDOW + 1), moment.sequence)
    for sequence in range(first, last + 1):
        measured = moment.session.measured(sequence, aggregate)
        if measured is None or not measured.data.integer_keys or not measured.known:
            continue
        hits = measured.hits
        rows = np.flatnonzero(hits) if box is None else (inside := box.rows(measured))[hits[inside] > 0]
        if len(rows) > most:
            rows = rows[np.argpartition(measured.integers[rows, 0], -most)[-most:]]
        found += [
            Slow(
                sequence,
                int(measured.integers[row, 0]),
                int(hits[row]),
                measured.key(int(row)),
                int(row),
            )
            for row in rows
        ]
    return sorted(found, key=lambda slow: (-slow.low, -slow.sequence))[:most]
