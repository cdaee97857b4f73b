# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of one aggregate: summed, filtered and sorted at once when they are few, in a thread when they are many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model import compare
from vptop.model.chosen import Chosen
from vptop.model.filterexpr import Comparison
from vptop.model.fold import FoldedTrends, Folding, against, fold, parts_of
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.rows import Measure, Measured, RawKey
from vptop.model.selection import KeyTexts, Query, Selector
from vptop.model.units import UNITS
from vptop.ui.render import aggregate
from vptop.ui.render.columns import Choice, Column
from vptop.ui.widgets.table import TablePanel
from vptop.ui.worker import Worker

AT_ONCE = 20_000
"""Rows up to which filtering and sorting are done before the next paint; of more, in a thread."""
LONG_TRENDS = 20_000
"""Rows of an aggregate up to which trends are longer than a few Frames."""
FRAMES_AT_ONCE = 60
"""The same for the Frames that are summed."""


class AggregateRows(TablePanel[Measure]):
    """A table of the aggregate `chosen`."""

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None) -> None:  # noqa: A002
        super().__init__(title, digit=digit, id=id)
        self.chosen = NO_AGGREGATE
        self.frames = 0
        """of the span that the numbers are of; 0: as the script keeps them"""
        self.form = ""
        """in which integer keys are shown, as in a view hint; empty: as hinted or guessed"""
        self.in_units = False
        """values are shown in the unit that fits each, where their unit is known"""
        self._values: set[AggregateId] = set()
        """aggregates that have had other values than 1: the others count"""
        self._shown: Chosen | None = None
        self._columns: Sequence[Column[Measure]] = ()
        self._selector = Selector()
        self._trends = FoldedTrends()
        self._worker = Worker(self)

    def start_over(self) -> None:
        """The rows to show are others than before."""
        self._held = None
        self._shown = self.pinned = None
        self._selector = Selector()
        self._trends = FoldedTrends()

    def choose_columns(self, choice: Choice) -> None:
        """Show these columns; rows are summed over hidden keys."""
        was = self.folding
        self.choice = choice
        if self.folding != was:
            self.start_over()
        self.update_rows()

    @property
    def measured(self) -> Measured | None:
        """The aggregate in the moment shown."""
        return self.moment.measured(self.chosen) if self.moment else None

    @property
    def folding(self) -> Folding:
        """What rows are summed over: the span, and the key columns that are hidden."""
        hidden = (name.removeprefix("key") for name in self.choice.hidden if name.startswith("key"))
        return Folding(self.frames, frozenset(map(int, hidden)))

    def collect(self, moment: Moment) -> Sequence[Measure]:
        """Filter and sort few rows at once; of many, show the last result until a thread has the next one."""
        measured, folding = moment.measured(self.chosen), self.folding
        self.all_rows = len(measured) if measured else 0
        if measured is None:
            self._worker.drop()
            self._columns = ()
            return ()
        kept = folding.kept(measured.data)
        chosen = Shown.of(moment, self.chosen, self.form).only(kept)
        self._selector.texts = KeyTexts(chosen.integers, chosen.strings, chosen.titles)
        folds = folding.changes(measured)
        parts = parts_of(moment, self.chosen, folding) if folds else [measured]
        usual = moment.compared(self.chosen)
        rows = sum(map(len, parts)) + (len(usual.baseline) if usual else 0)
        if rows <= AT_ONCE and len(parts) <= FRAMES_AT_ONCE:
            self._worker.drop()
            now = fold(parts, folding) if folds else measured
            comparison = against(usual, now, folding) if usual else None
            self._show_columns(moment, now, comparison)
            order = self._selector.select(now, replace(self._query(kept), comparison=comparison))
            self._shown = Chosen(now, order, comparison=comparison).summed()
        else:
            was = self._shown
            comparison = was.comparison if was and usual else None
            if usual and comparison and not comparison.is_against(usual.baseline):
                comparison = None
            self._show_columns(moment, was.measured if was else None if folds else measured, comparison)
            self._select_later(measured, parts if folds else None, self._query(kept), folding, usual)
            if self._shown is None:
                self._shown = None if folds else Chosen(measured, np.arange(len(measured), dtype=np.uint32))
            elif not folds and measured.previous is self._shown.measured.data and measured.continues:
                self._shown = self._shown.moved(measured)
        self.all_rows = len(self._shown.measured) if folds and self._shown else self.all_rows
        return self._shown or ()

    def _show_columns(self, moment: Moment, now: Measured | None, comparison: compare.Comparison | None) -> None:
        """The columns for the rows that are about to be shown; None: they, or their differences, are not known yet."""
        folding, shown = self.folding, Shown.of(moment, self.chosen, self.form)
        compares = moment.compared(self.chosen) is not None
        folds = now is not moment.measured(self.chosen)

        def trend(row: Measure, frames: int) -> list[float | None]:
            if not folds:
                known = frames if self.all_rows <= LONG_TRENDS else min(frames, aggregate.SHORT_TREND)
                return [None] * (frames - known) + moment.trend(self.chosen, row.index, known)
            return self._trends.rates(moment, self.chosen, folding, row.raw, frames)

        warn = moment.hint(self.chosen).warn
        unit = self.unit if self.in_units else ""
        if now is not None and len(now) and not now.counts:
            self._values.add(self.chosen)
        self._columns = aggregate.columns(
            now,
            shown,
            folding.left_out,
            comparison,
            trend,
            warn,
            unit,
            compares=compares,
            counts=self.chosen not in self._values,
        )

    @property
    def unit(self) -> str:
        """Of the values, if it is one that can be scaled; that of a histogram is of its buckets."""
        moment = self.moment
        if moment is None or self.chosen not in moment.frame.aggregates or moment.kind(self.chosen) is Kind.HISTOGRAM:
            return ""
        found = moment.hint(self.chosen).unit
        return found if found in UNITS else ""

    def _query(self, kept: Sequence[int]) -> Query:
        column = next((one for one in self._columns if one.id == self.sort.column and one.order), None)
        name = column.id if column else ""
        if name.startswith("key"):  # key columns are numbered anew where some are left out
            key = int(name.removeprefix("key"))
            name = f"key{kept.index(key)}" if key in kept else ""
        descending = column is None or column.ascending == self.sort.reverse
        return Query(self.filter.in_unit(self.unit), name, descending=descending)

    def _select_later(
        self,
        newest: Measured,
        parts: Sequence[Measured] | None,
        query: Query,
        folding: Folding,
        usual: compare.Comparison | None,
    ) -> None:
        """Select from the newest rows, or from those that its parts fold into, and compare them with the baseline."""
        selector = self._selector

        def select(abandoned: Callable[[], bool]) -> Chosen:
            measured = newest if parts is None else fold(parts, folding)
            comparison = against(usual, measured, folding) if usual else None
            if comparison is not None:
                comparison.prepare()
            order = selector.select(measured, replace(query, comparison=comparison), abandoned)
            return Chosen(measured, order, comparison=comparison).summed()

        def take(chosen: Chosen) -> None:
            self.rows = self._shown = chosen
            if self.moment is None or (now := self.measured) is None or now.data is not newest.data:
                self.update_rows()  # there is a newer Frame
            else:
                self.all_rows = len(chosen.measured)
                self._show_columns(self.moment, chosen.measured, chosen.comparison)
                self.place_rows()

        self._worker.begin((self.chosen, selector, query, folding, usual and usual.baseline), select, take)

    def explain_empty(self) -> str:
        """A filter in a unit hides everything where the values have none."""
        if self.filter and any(isinstance(one.test, Comparison) and one.test.unit for one in self.filter.terms):
            return super().explain_empty() if self.unit else "the filter has a unit, the values have none that is known"
        return super().explain_empty()

    def columns(self, moment: Moment) -> Sequence[Column[Measure]]:
        """Keys, rate, the five numbers, trend."""
        return self._columns

    def key(self, row: Measure) -> Hashable:
        """Its keys, as in the Frame."""
        return row.raw

    def find(self, key: Hashable) -> int | None:
        """Where the row of those keys is now."""
        if self.pinned is not None:
            return self.pinned.find(key)
        return self._shown.find(cast("RawKey", key), self.cursor) if self._shown and isinstance(key, tuple) else None
