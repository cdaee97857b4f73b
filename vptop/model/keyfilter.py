# SPDX-License-Identifier: GPL-2.0-or-later
"""Which rows of a bucketed aggregate pass a filter by their keys beside the bucket, remembered for each interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.blocks import never
from vptop.model.filterexpr import NO_FILTER, Comparison, Filter
from vptop.model.fold import alike
from vptop.model.keytext import Shown, texts_of
from vptop.model.moment import Moment
from vptop.model.rows import MOST_HIGHEST, Indices, Key, Measured, RawKey, summed_by
from vptop.model.selection import KeyTexts, Query, Selector

AT_ONCE, INTERVALS_AT_ONCE = 2_000, 60
"""Rows of an interval, and intervals, up to which they are matched when they are asked for; more, in a thread."""


@dataclass(frozen=True, slots=True)
class Passing:
    """What passes of an interval."""

    rows: Indices
    """of those that were updated, in order of insertion"""
    counts: Mapping[int, int]
    """their updates by the lower end of their bucket"""
    highest: Indices
    """the rows of the highest buckets, at most MOST_HIGHEST"""


class KeyFilter:
    """The words and patterns of a filter. Its comparisons of numbers are left to whoever has such numbers."""

    def __init__(self, chosen: Filter = NO_FILTER) -> None:
        self.filter = chosen.of_texts
        self.missing: list[Measured] = []
        """intervals that are to be matched in a thread"""
        self.busy = False
        """a thread matches"""
        self._at_once = 0
        """intervals that were matched for the moment of `_texts`"""
        self._known: WeakKeyDictionary[Measured, Passing] = WeakKeyDictionary()
        self._texts: tuple[AggregateId, int, KeyTexts] = NO_AGGREGATE, -1, KeyTexts()

    def __bool__(self) -> bool:
        return bool(self.filter)

    def passing(self, moment: Moment, measured: Measured) -> Passing | None:
        """What passes of an interval; None: it is not known yet, and the interval is now `missing`.

        Args:
            moment: one that has the aggregate: keys are matched as they are shown there.
            measured: the aggregate in some interval; rows that have other keys do not pass.
        """
        if (known := self._known.get(measured)) is not None:
            return known
        texts = self._keys_of(moment, measured)
        if len(measured) > AT_ONCE or self._at_once >= INTERVALS_AT_ONCE:
            self.missing.append(measured)
            return None
        self._at_once += 1
        found = self._known[measured] = self._match(texts, measured)
        return found

    def passes(self, moment: Moment, aggregate: AggregateId, key: RawKey | Key, left_out: frozenset[int]) -> bool:
        """Whether a row passes that was summed over these key columns.

        Args:
            moment: one that has the aggregate.
            aggregate: which one.
            key: without the columns that are left out.
            left_out: key columns.
        """
        integers, strings = key[0], texts_of(key)
        data = moment.frame.aggregates.get(aggregate)
        if data is None or len(integers) + len(strings) + len(left_out) != data.keys:
            return False
        texts = self._texts_of(moment, aggregate)
        kept = [column for column in range(data.keys) if column not in left_out]
        shown = [texts.integers[column](number) for column, number in zip(kept, integers, strict=False)]
        for column, text in zip(kept[len(integers) :], strings, strict=True):
            show = texts.strings[column - data.integer_keys]
            shown.append(show(text) if show else text)
        cells = [*zip(kept, shown, strict=True)]
        return all(
            any(texts.wanted(column, term.test) and term.test.matches(cell) for column, cell in cells) != term.negated
            for term in self.filter.terms
            if not isinstance(term.test, Comparison)
        )

    def _keys_of(self, moment: Moment, measured: Measured) -> KeyTexts | None:
        """How the keys of an aggregate are shown; None where the moment has it with other keys."""
        data = moment.frame.aggregates.get(measured.aggregate)
        if data is None or not alike(data, measured.data):
            return None
        return self._texts_of(moment, measured.aggregate)

    def _texts_of(self, moment: Moment, aggregate: AggregateId) -> KeyTexts:
        if self._texts[:2] != (aggregate, moment.sequence):
            shown = Shown.of(moment, aggregate)
            texts = KeyTexts([_bucket, *shown.integers[1:]], shown.strings, shown.titles)
            self._texts, self._at_once = (aggregate, moment.sequence, texts), 0
        return self._texts[2]

    def match(
        self, moment: Moment, missing: Sequence[Measured], abandoned: Callable[[], bool] = never
    ) -> Mapping[Measured, Passing]:
        """What passes of these intervals.

        Raises:
            Abandoned: `abandoned` said so.
        """
        return {measured: self._match(self._keys_of(moment, measured), measured, abandoned) for measured in {*missing}}

    def take(self, found: Mapping[Measured, Passing]) -> None:
        """Remember what `match` has found."""
        self._known.update(found)
        self.missing = []

    def _match(self, texts: KeyTexts | None, measured: Measured, abandoned: Callable[[], bool] = never) -> Passing:
        if texts is None or not measured.data.integer_keys:
            return Passing(np.zeros(0, np.uint32), {}, np.zeros(0, np.uint32))
        rows = Selector(texts).select(measured, Query(self.filter), abandoned)
        rows = rows[measured.hits[rows] > 0]
        numbers = measured.integers[rows, 0]
        lows, counts = summed_by(numbers, measured.hits[rows])
        many = len(rows) > MOST_HIGHEST
        highest = rows[np.argpartition(numbers, -MOST_HIGHEST)[-MOST_HIGHEST:]] if many else rows
        return Passing(rows, dict(zip(lows.tolist(), counts.tolist(), strict=True)), highest)


def _bucket(_: int) -> str:
    """The bucket is no key that a filter looks at."""
    return ""
