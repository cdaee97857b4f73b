# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest of what a bucketed aggregate counted in the last seconds, with the stacks that led to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.probes.frame import MAX, AggregateId
from vptop.model.box import Box
from vptop.model.keyfilter import KeyFilter
from vptop.model.kinds import stack_columns
from vptop.model.moment import Moment
from vptop.model.rows import MOST_HIGHEST, Indices, Key, Measured

MOST = MOST_HIGHEST
WINDOW = 60
"""Frames that are looked through."""


@dataclass(frozen=True, slots=True)
class Slow:
    """What fell into one of the highest buckets in one Frame."""

    sequence: int
    low: int
    """the lower end of the bucket"""
    most: int
    """the largest value, where the values are what is sorted into buckets; else the lower end"""
    count: int
    key: Key
    """with the bucket"""
    row: int = 0
    """its index in that Frame"""


def with_stacks(moment: Moment, histogram: AggregateId) -> AggregateId:
    """The aggregate that has what a histogram counts by stack, too; the histogram itself where none does.

    It is of the same script, its first key has the same name, and it is in the same unit, as their hints say.
    """
    hint = moment.hint(histogram)
    for aggregate in moment.frame.aggregates:
        other = moment.hint(aggregate)
        if aggregate.script != histogram.script or other.unit != hint.unit or not hint.keys or not other.keys:
            continue
        measured = moment.measured(aggregate)
        if measured is None or not measured.data.integer_keys or other.keys[0].label != hint.keys[0].label:
            continue
        if stack_columns(measured):
            return aggregate
    return histogram


def slowest(
    moment: Moment,
    aggregate: AggregateId,
    most: int = MOST,
    box: Box | None = None,
    keys: KeyFilter | None = None,
) -> list[Slow]:
    """At most so many, and no more than MOST, the slowest first, of equal ones the newest first.

    Which is slower is known by the bucket; inside one, by the largest value where the values are what is sorted.

    Args:
        moment: the last Frame to look at.
        aggregate: one whose first integer key is the lower end of a bucket.
        most: how many.
        box: look at these Frames and buckets alone.
        keys: look at rows that pass alone.
    """
    found: list[tuple[int, int, int, int, Measured]] = []
    first, last = (box.first, box.last) if box else (max(moment.oldest, moment.sequence - WINDOW + 1), moment.sequence)
    for sequence in range(first, last + 1):
        measured = moment.session.measured(sequence, aggregate)
        if measured is None or not measured.data.integer_keys or not measured.known:
            continue
        rows = _rows(moment, measured, box, keys)
        lows = measured.integers[rows, 0]
        values = np.maximum(lows, measured.values[rows, MAX]) if measured.per_interval else lows
        columns = (lows.tolist(), values.tolist(), rows.tolist())
        found += [(-value, -sequence, low, row, measured) for low, value, row in zip(*columns, strict=True)]
    found.sort(key=lambda slow: slow[:2])
    return [
        Slow(-sequence, low, -value, int(measured.hits[row]), measured.key(row), row)
        for value, sequence, low, row, measured in found[:most]
    ]


def _rows(moment: Moment, measured: Measured, box: Box | None, keys: KeyFilter | None) -> Indices:
    """The slowest of an interval, or all in a box, of the rows that pass."""
    if not keys:
        return measured.highest if box is None else box.rows(measured)
    passing = keys.passing(moment, measured)
    if passing is None:
        return np.zeros(0, np.uint32)
    if box is None:
        return passing.highest
    return passing.rows[box.holds(measured.integers[passing.rows, 0])]
