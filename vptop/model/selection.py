# SPDX-License-Identifier: GPL-2.0-or-later
"""Which rows of an aggregate pass a filter, and in which order, worked out on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.probes.frame import COUNT, LATEST, MAX, MIN, AggregateData
from vptop.model.arena import ranks, used
from vptop.model.blocks import Abandoned, blocks, never
from vptop.model.columns import Integers
from vptop.model.compare import Comparison as Changes
from vptop.model.filterexpr import NO_FILTER, OPERATORS, Comparison, Filter, Pattern, Words
from vptop.model.matching import numbers_match, strings_match
from vptop.model.rows import Indices, Mask, Measured

NUMBERS: Mapping[str, Callable[[Measured], Integers]] = {
    "count": lambda measured: measured.values[:, COUNT],
    "avg": lambda measured: measured.averages,
    "min": lambda measured: measured.values[:, MIN],
    "max": lambda measured: measured.values[:, MAX],
    "latest": lambda measured: measured.values[:, LATEST],
    "hits": lambda measured: measured.hits,
}
"""Columns of numbers by the names that filters and sort orders use; `rate` follows from `hits`."""


@dataclass(frozen=True, slots=True)
class KeyTexts:
    """How the keys of an aggregate are shown, by key column."""

    integers: Sequence[Callable[[int], str]] = ()
    strings: Sequence[Callable[[str], str] | None] = ()
    """None: as they are"""
    titles: Sequence[str] = ()
    """of the key columns, integers first"""

    def wanted(self, column: int, test: Words | Pattern) -> bool:
        """Whether a test is about a key column: about each, or about those whose titles begin with a word."""
        name = test.column if isinstance(test, Words) else ""
        return not name or (column < len(self.titles) and self.titles[column].lower().startswith(name))


@dataclass(frozen=True, slots=True)
class Query:
    """What to show of an aggregate."""

    filter: Filter = NO_FILTER
    column: str = ""
    """a name in NUMBERS, `rate`, or `key` and the number of a key column; else order of insertion"""
    descending: bool = True
    comparison: Changes | None = field(default=None, compare=False)
    """differences from the baseline; the column `delta` orders by their size"""


@dataclass(eq=False)
class Selector:
    """Selects rows of one aggregate from moment to moment; keys that were matched before are not matched again."""

    texts: KeyTexts = field(default_factory=KeyTexts)
    _known: dict[Words | Pattern, tuple[AggregateData, Mask]] = field(default_factory=dict)

    def select(self, measured: Measured, query: Query, abandoned: Callable[[], bool] = never) -> Indices:
        """The indices of the rows that pass, in order; equal rows in order of insertion.

        Raises:
            Abandoned: `abandoned` said so.
        """
        passing: Indices | None = None
        if query.filter:
            mask = np.ones(len(measured), bool)
            for term in query.filter.terms:
                test = term.test
                passes = (
                    compared(measured, test)
                    if isinstance(test, Comparison)
                    else self._matched(measured, test, abandoned)
                )
                mask &= passes != term.negated
            self._known = {term.test: self._known[term.test] for term in query.filter.terms if term.test in self._known}
            passing = np.flatnonzero(mask).astype(np.uint32)
        changes = query.comparison if query.column == "delta" else None
        values = _sizes(changes, passing) if changes else _sort_values(measured, query.column, passing)
        if abandoned():
            raise Abandoned
        if values is None:
            return np.arange(len(measured), dtype=np.uint32) if passing is None else passing
        order = _order(values, descending=query.descending)
        return order if passing is None else passing[order]

    def _matched(self, measured: Measured, test: Words | Pattern, abandoned: Callable[[], bool]) -> Mask:
        mask = np.zeros(len(measured), bool)
        first = 0
        known = self._known.get(test)
        if known is not None and known[0] is measured.data:
            return known[1]
        if known is not None and known[0] is measured.previous and measured.continues:
            first = len(known[1])
            mask[:first] = known[1]
        texts = self.texts
        for column, shown in enumerate(texts.integers):
            if texts.wanted(column, test):
                mask[first:] |= numbers_match(measured.integers[first:, column], shown, test, abandoned)
        for column, shown_text in enumerate(texts.strings):
            if texts.wanted(len(texts.integers) + column, test):
                offsets = measured.offsets[first:, column]
                places = used(measured.data.arena, offsets)
                passing = places[strings_match(measured.data.arena, places, shown_text, test, abandoned)]
                for block in blocks(len(offsets)):
                    mask[first:][block] |= np.isin(offsets[block], passing)
        self._known[test] = measured.data, mask
        return mask


def compared(measured: Measured, test: Comparison) -> Mask:
    """For which rows a comparison holds."""
    if test.unit:
        return np.zeros(len(measured), bool)
    compare = OPERATORS[test.operator]
    if test.field == "rate":
        rates = measured.hits / measured.seconds if measured.seconds > 0 else np.zeros(len(measured))
        return np.asarray(compare(rates, test.number))
    if test.field in NUMBERS:
        return np.asarray(compare(NUMBERS[test.field](measured), test.number))
    return np.zeros(len(measured), bool)


def count_of(measured: Measured, tests: Sequence[Comparison]) -> int:
    """The number of rows for which one of these comparisons holds."""
    return int(np.logical_or.reduce([compared(measured, test) for test in tests]).sum()) if tests else 0


def _sizes(comparison: Changes, passing: Indices | None) -> Integers:
    """How much the rates of rows have changed, in thousandths, for the rows that pass (None: all)."""
    changes = comparison.changes if passing is None else comparison.changes[passing]
    return np.asarray(np.abs(changes) * 1000).astype(np.uint64)


def _sort_values(measured: Measured, column: str, passing: Indices | None) -> Integers | None:
    """Numbers in the order of a column, for the rows that pass (None: all)."""
    rows: slice | Indices = slice(None) if passing is None else passing
    if column in NUMBERS or column == "rate":
        return np.array(NUMBERS["hits" if column == "rate" else column](measured)[rows])
    if not column.startswith("key"):
        return None
    number, integers = int(column.removeprefix("key")), measured.data.integer_keys
    if number < integers:
        return np.array(measured.integers[rows, number])
    if number - integers < measured.data.string_keys:
        return ranks(measured.data.arena, measured.offsets[rows, number - integers]).astype(np.uint64)
    return None


def _order(values: Integers, *, descending: bool) -> Indices:
    """The order of numbers, equal ones as they come. The numbers themselves are used up."""
    if not len(values):
        return np.zeros(0, np.uint32)
    most = values.max()
    if descending:
        np.subtract(most, values, out=values)
    bits = max(1, (len(values) - 1).bit_length())
    if int(most) >> (64 - bits):
        return np.argsort(values, kind="stable").astype(np.uint32)
    values <<= np.uint64(bits)  # number and index in one: to sort them is faster than argsort
    values |= np.arange(len(values), dtype=np.uint64)
    values.sort()
    values &= np.uint64((1 << bits) - 1)
    return values.astype(np.uint32)
