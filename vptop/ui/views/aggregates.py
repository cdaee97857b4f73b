# SPDX-License-Identifier: GPL-2.0-or-later
"""Any aggregate of any script as a table: all keys, all numbers, a trend."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.kinds import Kind, is_stack
from vptop.model.plain import clean
from vptop.model.rows import Measure
from vptop.model.script import KeyHint
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import bars, keys, numbers
from vptop.ui.render.columns import Column, Sort
from vptop.ui.render.fit import Piece, strip, width_of
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE, TablePanel

TREND = 12
KEY_SAMPLE = 200
LONGEST_KEY = 40
AGGREGATES = Scope(
    "Aggregates",
    (
        Action("aggregate.next", "a", "aggregate(1)", "next aggregate", "Next aggr"),
        Action("aggregate.previous", "A", "aggregate(-1)", "previous aggregate"),
    ),
)


class AggregatePanel(TablePanel[Measure]):
    """The rows of one aggregate; `a` and `A` go to the next and the previous one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(AGGREGATES)]
    SCOPES = (LIST, TABLE, AGGREGATES)
    header_height = 2
    footer_height = 1
    empty = "no rows in this second"

    def __init__(self, *, id: str | None = None, prefer: Kind | None = None) -> None:  # noqa: A002
        super().__init__("Aggregates", digit=2, id=id)
        self.chosen = NO_AGGREGATE
        self._prefer = prefer
        self._sorts: dict[AggregateId, Sort] = {}
        self._columns: Sequence[Column[Measure]] = ()

    def show(self, moment: Moment | None) -> None:
        """Stay with the chosen aggregate while it exists."""
        names = list(moment.frame.aggregates) if moment else []
        if moment and names and self.chosen not in names:
            preferred = moment.first(self._prefer) if self._prefer else None
            self._choose(preferred or names[0])
        super().show(moment)

    def _choose(self, aggregate: AggregateId) -> None:
        self._sorts[self.chosen] = self.sort
        self.chosen = aggregate
        self.sort = self._sorts.get(aggregate) or self._hinted(aggregate)
        self.cursor = 0
        self._held = None

    def _hinted(self, aggregate: AggregateId) -> Sort:
        wanted = self.moment.hint(aggregate).sort if self.moment else ""
        column = {"cnt": "count", "last": "latest"}.get(wanted.lstrip("-"), wanted.lstrip("-"))
        return Sort(column) if column else self.default_sort

    def action_aggregate(self, step: int) -> None:
        """Show another aggregate."""
        names = list(self.moment.frame.aggregates) if self.moment else []
        if names:
            at = names.index(self.chosen) if self.chosen in names else 0
            self._choose(names[(at + step) % len(names)])
            self.update_rows()

    # --- rows ---

    def items(self, moment: Moment) -> Iterable[Measure]:
        """Its rows."""
        measured = moment.measured(self.chosen)
        return measured.rows.values() if measured else ()

    def collect(self, moment: Moment) -> Sequence[Measure]:
        """Columns depend on the keys, so they are made first."""
        self._columns = self._make_columns(moment)
        return super().collect(moment)

    def columns(self, moment: Moment) -> Sequence[Column[Measure]]:
        """Keys, rate, the five numbers, trend."""
        return self._columns

    def key(self, row: Measure) -> Hashable:
        """Its keys."""
        return row.key

    def searchable(self, row: Measure) -> str:
        """Its keys as shown."""
        return " ".join(column.cell(row) for column in self._columns if column.id.startswith("key"))

    def numbers(self, row: Measure) -> Mapping[str, float]:
        """What a filter may compare."""
        return {
            "count": row.count,
            "avg": row.avg,
            "min": row.min,
            "max": row.max,
            "latest": row.latest,
            "rate": row.rate,
        }

    def mark(self, row: Measure) -> str:
        """New rows have a plus."""
        measured = self.moment.measured(self.chosen) if self.moment else None
        return "+" if row.new and measured and not measured.per_interval else " "

    def _make_columns(self, moment: Moment) -> list[Column[Measure]]:
        measured = moment.measured(self.chosen)
        if measured is None:
            return []
        made = self._key_columns(moment, list(measured.rows.values())[:KEY_SAMPLE])
        made += [
            Column("rate", "CNT/S", 8, lambda row: numbers.rate(row.rate), lambda row: row.rate),
            Column("count", "COUNT", 7, lambda row: numbers.count(row.count), lambda row: row.count, keep=8),
            Column("avg", "AVG", 6, lambda row: numbers.short(row.avg), lambda row: row.avg),
            Column("min", "MIN", 5, lambda row: numbers.short(row.min), lambda row: row.min, keep=2),
            Column("max", "MAX", 6, lambda row: numbers.short(row.max), lambda row: row.max, keep=5),
            Column("latest", "LAST", 5, lambda row: numbers.short(row.latest), lambda row: row.latest, keep=1),
            Column(
                "trend",
                f"{TREND}s",
                TREND,
                lambda row: bars.trend(moment.trend(self.chosen, row.key, TREND)),
                align="<",
                keep=3,
                style=lambda _, palette: palette.bar,
            ),
        ]
        return made

    def _key_columns(self, moment: Moment, sample: list[Measure]) -> list[Column[Measure]]:
        data = moment.frame.aggregates[self.chosen]
        vectors = moment.kind(self.chosen) is Kind.TOP
        made: list[Column[Measure]] = []
        for index, hint in enumerate(keys.titles(data.integer_keys, data.string_keys, moment.hint(self.chosen))):
            if index < data.integer_keys:
                column = self._integer_column(moment, index, hint, vectors=vectors and not hint.form)
            else:
                column = self._string_column(moment, index - data.integer_keys, hint)
            longest = max((width_of(column.cell(row)) for row in sample), default=4)
            width = min(LONGEST_KEY, max(longest, width_of(hint.label) + 1))
            made.append(
                Column(
                    f"key{index}",
                    clean(column.title),
                    min(width, 14) if column.stretch else width,
                    column.cell,
                    column.order,
                    align=column.align,
                    stretch=column.stretch,
                    ascending=True,
                    style=lambda _, palette: palette.strong,
                )
            )
        if made and not any(column.stretch for column in made):
            made[-1] = Column(**{**vars(made[-1]), "stretch": True, "align": "<"})
        return made

    def _integer_column(self, moment: Moment, at: int, hint: KeyHint, *, vectors: bool) -> Column[Measure]:
        symbols = moment.session.symbols

        def cell(row: Measure) -> str:
            number = row.key[0][at]
            return keys.vector(number) if vectors else keys.integer(number, hint.form, symbols)

        title = "VECTOR" if vectors and hint.label == "KEY" else hint.label.upper()
        return Column(f"key{at}", title, 4, cell, lambda row: row.key[0][at], align="<" if vectors else ">")

    def _string_column(self, moment: Moment, at: int, hint: KeyHint) -> Column[Measure]:
        session = moment.session

        def cell(row: Measure) -> str:
            text = row.key[1][at]
            functions = session.namer.names(text)[0] if is_stack(text) else ()
            return keys.string(text, functions)

        return Column(f"key{at}", hint.label.upper(), 4, cell, lambda row: row.key[1][at], align="<", stretch=True)

    # --- drawing ---

    def draw_header(self, line: int, width: int) -> Strip:
        """The tabs, then the titles."""
        return self._tabs(width) if line == 0 else super().draw_header(line, width)

    def _tabs(self, width: int) -> Strip:
        names = list(self.moment.frame.aggregates) if self.moment else []
        pieces: list[Piece] = []
        for aggregate in names[self._first_tab(names, width) :]:
            style = self.palette.chip if aggregate == self.chosen else self.palette.dim
            pieces += [(f" {self._label(aggregate)} ", style), (" ", self.palette.text)]
        return strip(pieces, width)

    def _label(self, aggregate: AggregateId) -> str:
        return clean(self.moment.label(aggregate)) if self.moment else ""

    def _first_tab(self, names: list[AggregateId], width: int) -> int:
        """Where the line of tabs begins, so that the chosen one is on it."""
        first = 0
        at = names.index(self.chosen) if self.chosen in names else 0
        while first < at and sum(width_of(self._label(name)) + 3 for name in names[first : at + 1]) > width:
            first += 1
        return first

    def draw_footer(self, line: int, width: int) -> Strip:
        """The sum of what is shown."""
        shown = sum(row.rate for row in self.rows)
        counted = sum(row.count for row in self.rows)
        pieces: list[Piece] = [
            ("  Σ ", self.palette.header),
            (f"{numbers.rate(shown)}/s", self.palette.strong),
            (f"   count {numbers.count(counted)}", self.palette.dim),
        ]
        measured = self.moment.measured(self.chosen) if self.moment else None
        if measured and measured.dropped:
            pieces.append((f"   ▲ {measured.dropped} updates lost to the memory limit", self.palette.warn))
        return strip(pieces if self.rows else [], width)

    def status(self) -> str:
        """What the numbers are of."""
        measured = self.moment.measured(self.chosen) if self.moment else None
        span = "this second" if measured and measured.per_interval else "since loading"
        unit = self.moment.hint(self.chosen).unit if self.moment else ""
        parts = [clean(unit), span if measured else "", super().status()]
        return " · ".join(part for part in parts if part)


class AggregatesView(View):
    """One aggregate over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (AGGREGATES,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield AggregatePanel(id="aggregate-table")


ROW = ViewRow("aggregates", "Aggregates", "Agg", "the rows of one aggregate", AggregatesView)
