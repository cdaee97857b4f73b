# SPDX-License-Identifier: GPL-2.0-or-later
"""Any aggregate of any script as a table: all keys, all numbers, a trend."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Thread
from typing import ClassVar, cast

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from engine.guest.stacks import parse as parse_stack
from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.rows import COUNT, Indices, Measure, Measured, RawKey
from vptop.model.selection import Abandoned, KeyTexts, Query, Selector
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import aggregate, numbers
from vptop.ui.render.columns import Column, Sort
from vptop.ui.render.fit import Piece, strip, width_of
from vptop.ui.render.keys import ADDRESS
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Lead, code_lead, name_leads, probe_leads
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE, TablePanel

AT_ONCE = 20_000
"""Rows up to which filtering and sorting are done before the next paint; of more, in a thread."""
AGGREGATES = Scope(
    "Aggregates",
    (
        Action("aggregate.next", "a", "aggregate(1)", "next aggregate", "Next aggr"),
        Action("aggregate.previous", "A", "aggregate(-1)", "previous aggregate"),
    ),
)


class Chosen(Sequence[Measure]):
    """Some rows of an aggregate in some order; each is unpacked when it is asked for."""

    def __init__(self, measured: Measured, order: Indices) -> None:
        self.measured = measured
        self.order = order

    @cached_property
    def sums(self) -> tuple[int, int]:
        """Updates in the interval, and in all."""
        return int(self.measured.hits[self.order].sum()), int(self.measured.values[self.order, COUNT].sum())

    def moved(self, measured: Measured) -> Chosen:
        """The same rows in a Frame that continues this one; the sums are still those of before."""
        chosen = Chosen(measured, self.order)
        chosen.sums = self.sums
        return chosen

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, at: int) -> Measure:  # type: ignore[override]
        return self.measured[int(self.order[at])]


@dataclass(eq=False, slots=True)
class Job:
    """A selection that runs in a thread."""

    query: Query
    abandoned: bool = False


class AggregatePanel(TablePanel[Measure]):
    """The rows of one aggregate; `a` and `A` go to the next and the previous one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(AGGREGATES)]
    SCOPES = (LIST, TABLE, AGGREGATES)
    header_height = 2
    footer_height = 1
    empty = "no rows in this second"

    class Selected(Message):
        """A thread has filtered and sorted the rows."""

        def __init__(self, job: Job, chosen: Chosen) -> None:
            super().__init__()
            self.job, self.chosen = job, chosen

    def __init__(self, *, id: str | None = None, prefer: Kind | None = None) -> None:  # noqa: A002
        super().__init__("Aggregates", digit=2, id=id)
        self.chosen = NO_AGGREGATE
        self._prefer = prefer
        self._comparing = False
        self._sorts: dict[AggregateId, Sort] = {}
        self._columns: Sequence[Column[Measure]] = ()
        self._selector = Selector()
        self._job: Job | None = None
        self._shown: Chosen | None = None

    def show(self, moment: Moment | None) -> None:
        """Stay with the chosen aggregate while it exists."""
        names = list(moment.frame.aggregates) if moment else []
        if moment and names and self.chosen not in names:
            preferred = moment.first(self._prefer) if self._prefer else None
            self._choose(preferred or names[0], moment)
        if moment is not None and moment.session.comparing != self._comparing:
            self._comparing = moment.session.comparing
            self.sort = Sort("delta") if self._comparing else self._hinted(self.chosen, moment)
        super().show(moment)

    def _choose(self, chosen: AggregateId, moment: Moment | None) -> None:
        self._sorts[self.chosen] = self.sort
        self.chosen = chosen
        self.sort = self._sorts.get(chosen) or self._hinted(chosen, moment)
        self.cursor = 0
        self._held = None
        self._shown = None
        self._selector = Selector()

    def choose(self, chosen: AggregateId) -> None:
        """Show that aggregate."""
        if chosen != self.chosen:
            self._choose(chosen, self.moment)
            self.update_rows()

    def _hinted(self, chosen: AggregateId, moment: Moment | None) -> Sort:
        wanted = moment.hint(chosen).sort if moment else ""
        column = {"cnt": "count", "last": "latest"}.get(wanted.lstrip("-"), wanted.lstrip("-"))
        return Sort(column) if column else self.default_sort

    def action_aggregate(self, step: int) -> None:
        """Show another aggregate."""
        names = list(self.moment.frame.aggregates) if self.moment else []
        if names:
            at = names.index(self.chosen) if self.chosen in names else 0
            self._choose(names[(at + step) % len(names)], self.moment)
            self.update_rows()

    # --- rows ---

    @property
    def measured(self) -> Measured | None:
        """The aggregate in the moment shown."""
        return self.moment.measured(self.chosen) if self.moment else None

    def collect(self, moment: Moment) -> Sequence[Measure]:
        """Filter and sort few rows at once; of many, show the last result until a thread has the next one."""
        measured = moment.measured(self.chosen)
        self.all_rows = len(measured) if measured else 0
        if measured is None:
            self._columns = ()
            return ()
        shown = aggregate.Shown.of(moment, self.chosen)
        self._columns = aggregate.columns(moment, self.chosen, measured, shown)
        self._selector.texts = KeyTexts(shown.integers, shown.strings)
        query = self._query()
        if len(measured) <= AT_ONCE:
            self._shown = Chosen(measured, self._selector.select(measured, query))
        else:
            self._select_later(measured, query)
            if self._shown is None:
                self._shown = Chosen(measured, np.arange(len(measured), dtype=np.uint32))
            elif measured.before is self._shown.measured.data and measured.continues:
                self._shown = self._shown.moved(measured)
        return self._shown

    def _query(self) -> Query:
        column = next((one for one in self._columns if one.id == self.sort.column and one.order), None)
        return Query(
            self.filter,
            column.id if column else "",
            descending=column is None or column.ascending == self.sort.reverse,
            comparison=self.moment.compared(self.chosen) if self.moment else None,
        )

    def _select_later(self, measured: Measured, query: Query) -> None:
        """Begin a selection, unless one of the same query is running: the newest rows are selected after it."""
        if self._job is not None:
            if self._job.query == query:
                return
            self._job.abandoned = True
        self._job = Job(query)
        Thread(target=self._select, args=(self._job, self._selector, measured), name="select", daemon=True).start()

    def _select(self, job: Job, selector: Selector, measured: Measured) -> None:
        try:
            chosen = Chosen(measured, selector.select(measured, job.query, lambda: job.abandoned))
        except Abandoned:
            return
        if chosen.sums:  # works them out in this thread
            self.post_message(self.Selected(job, chosen))

    def on_aggregate_panel_selected(self, event: Selected) -> None:
        """Show the result; when there is a newer Frame, select again."""
        chosen, job = event.chosen, event.job
        if job is not self._job or chosen.measured.aggregate != self.chosen:
            return
        self._job = None
        self.rows = self._shown = chosen
        self.keep_cursor()
        newest = self.measured
        if newest is None or newest.data is not chosen.measured.data:
            self.update_rows()

    def on_unmount(self) -> None:
        """End what is running."""
        if self._job is not None:
            self._job.abandoned = True

    def columns(self, moment: Moment) -> Sequence[Column[Measure]]:
        """Keys, rate, the five numbers, trend."""
        return self._columns

    def key(self, row: Measure) -> Hashable:
        """Its keys, as in the Frame."""
        return self._shown.measured.raw_key(row.index) if self._shown else None

    def find(self, key: Hashable) -> int | None:
        """Where the row of those keys is now."""
        if self._shown is None or not isinstance(key, tuple):
            return None
        near = int(self._shown.order[self.cursor]) if self.cursor < len(self._shown) else 0
        index = self._shown.measured.find(cast("RawKey", key), near)
        if index is None:
            return None
        found = np.flatnonzero(self._shown.order == index)
        return int(found[0]) if len(found) else None

    def leads(self) -> Sequence[Lead]:
        """The code at its addresses, the stacks and whatever else is known of its names, the probes that count."""
        row, moment = self.current, self.moment
        if row is None or moment is None:
            return ()
        integers, strings = row.key
        symbols = moment.session.symbols
        found = [code_lead(symbols, number) for number in integers if number >= ADDRESS or symbols.find(number)]
        for text in strings:
            stack = parse_stack(text)
            if stack is None:
                found += name_leads(moment, text)
            else:
                found.append(code_lead(symbols, stack.addresses[0]))
        return [*found, *probe_leads(moment, self.chosen)]

    def mark(self, row: Measure) -> str:
        """New rows have a plus."""
        return "+" if row.new else " "

    # --- drawing ---

    def draw_header(self, line: int, width: int) -> Strip:
        """The tabs, then the titles."""
        return self._tabs(width) if line == 0 else super().draw_header(line, width)

    def _tabs(self, width: int) -> Strip:
        names = list(self.moment.frame.aggregates) if self.moment else []
        pieces: list[Piece] = []
        for name in names[self._first_tab(names, width) :]:
            style = self.palette.chip if name == self.chosen else self.palette.dim
            pieces += [(f" {self._label(name)} ", style), (" ", self.palette.text)]
        return strip(pieces, width)

    def _label(self, name: AggregateId) -> str:
        return clean(self.moment.label(name)) if self.moment else ""

    def _first_tab(self, names: list[AggregateId], width: int) -> int:
        """Where the line of tabs begins, so that the chosen one is on it."""
        first = 0
        at = names.index(self.chosen) if self.chosen in names else 0
        while first < at and sum(width_of(self._label(name)) + 3 for name in names[first : at + 1]) > width:
            first += 1
        return first

    def draw_footer(self, line: int, width: int) -> Strip:
        """The sum of the rows that pass the filter."""
        shown = self._shown
        if shown is None or not len(shown):
            return strip([], width)
        measured, (hits, count) = shown.measured, shown.sums
        rate = hits / measured.seconds if measured.seconds > 0 else 0.0
        pieces: list[Piece] = [
            ("  Σ ", self.palette.header),
            (f"{numbers.rate(rate)}/s", self.palette.strong),
            (f"   count {numbers.count(count)}", self.palette.dim),
        ]
        if measured.dropped:
            pieces.append((f"   ▲ {measured.dropped} updates lost to the memory limit", self.palette.warn))
        return strip(pieces, width)

    def status(self) -> str:
        """What the numbers are of."""
        measured = self.measured
        span = "this second" if measured and measured.per_interval else "since loading"
        unit = self.moment.hint(self.chosen).unit if self.moment else ""
        working = "selecting…" if self._job else ""
        parts = [clean(unit), span if measured else "", working, super().status()]
        return " · ".join(part for part in parts if part)


class AggregatesView(View):
    """One aggregate over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (AGGREGATES,)

    def compose(self) -> ComposeResult:
        """One panel."""
        yield AggregatePanel(id="aggregate-table")


ROW = ViewRow("aggregates", "Aggregates", "Agg", "the rows of one aggregate", AggregatesView)
