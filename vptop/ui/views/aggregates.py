# SPDX-License-Identifier: GPL-2.0-or-later
"""Any aggregate of any script as a table: all keys, all numbers, a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model import units
from vptop.model.fold import EVERY, SPANS, unfolded
from vptop.model.hints import FORMS
from vptop.model.keytext import ADDRESS
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.rows import Measure
from vptop.model.selection import count_of
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import aggregate, numbers
from vptop.ui.render.columns import Choice, Sort
from vptop.ui.render.fit import Piece, strip
from vptop.ui.views.aggregate_rows import AggregateRows
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Lead, code_lead, probe_leads, row_leads, text_leads
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE

TELLING = 5
"""Rows of an aggregate that an overview stays with."""
AGGREGATES = Scope(
    "Aggregates",
    (
        Action("aggregate.next", "a", "aggregate(1)", "next aggregate", "Next aggr"),
        Action("aggregate.previous", "A", "aggregate(-1)", "previous aggregate"),
        Action(
            "aggregate.span", "w", "span", "numbers of 1 s, of 10 s or 60 s (moving averages), or of all kept", "Span"
        ),
        Action("aggregate.form", "N", "form", "integer keys in hex, decimal, by symbol, or as the script has it"),
        Action("aggregate.units", "u", "units", "values in the unit that fits each, or as the script has them"),
        Action("aggregate.group", "K", "group", "group by one key column; by all of them again", "Group"),
    ),
)


class AggregatePanel(AggregateRows):
    """The rows of one aggregate; `a` and `A` go to the next and the previous one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(AGGREGATES)]
    SCOPES = (LIST, TABLE, AGGREGATES)
    header_height = 2
    footer_height = 1
    empty = "no rows in this second"

    def __init__(self, *, id: str | None = None, prefer: Kind | None = None) -> None:  # noqa: A002
        super().__init__("Aggregates", digit=2, id=id)
        self._prefer = prefer
        self.was_chosen = False
        """the person has chosen the aggregate"""
        self._looks = False
        """for an aggregate of the preferred kind that has more rows"""
        self._wanted = NO_AGGREGATE
        """of the last session, until it is there"""
        self._sorts: dict[AggregateId, Sort] = {}
        self._choices: dict[AggregateId, Choice] = {}

    def show(self, moment: Moment | None) -> None:
        """Stay with the chosen aggregate while it exists."""
        names = list(moment.frame.aggregates) if moment else []
        if moment and self._wanted in names:
            self._choose(self._wanted, moment)
            self._wanted = NO_AGGREGATE
        elif moment and names and (self.chosen not in names or self._looks):
            rows = {one: _rows_at_first(moment, one) for one in names}
            fitting = [one for one in names if rows[one] and moment.kind(one) is self._prefer]
            preferred = max(fitting, key=rows.__getitem__, default=None)
            self._looks = (
                self._prefer is not None and rows.get(preferred or NO_AGGREGATE, 0) < TELLING and not self.was_chosen
            )
            if preferred is None or rows[preferred] <= rows.get(self.chosen, -1):
                preferred = self.chosen if self.chosen in names else names[0]
            self.choose(preferred, moment)
        if moment is not None:
            self.follow_comparison(moment)
            self._take_hint(moment)
        super().show(moment)

    def _take_hint(self, moment: Moment) -> None:
        """Hide the keys that the script hides, which may have been changed or not known before."""
        usual = Choice(_hidden_keys(self.chosen, moment))
        if usual != self.usual:
            if self.choice == self.usual:
                self.choice = usual
                self.start_over()
            self.usual = usual

    def _choose(self, chosen: AggregateId, moment: Moment | None) -> None:
        if self.chosen != NO_AGGREGATE:
            self._sorts[self.chosen] = self.lasting_sort
            if self.choice != self.usual:
                self._choices[self.chosen] = self.choice
            else:
                self._choices.pop(self.chosen, None)
        self.usual = Choice(_hidden_keys(chosen, moment))
        self.choice = self._choices.get(chosen, self.usual)
        self.chosen = chosen
        self.sort_lastingly(self._sorts.get(chosen) or self._hinted(chosen, moment))
        self.cursor = 0
        self.start_over()

    def about(self, aggregate: AggregateId | None) -> None:
        """Show that aggregate."""
        if aggregate is not None:
            self.choose(aggregate)

    def choose(self, chosen: AggregateId, moment: Moment | None = None) -> None:
        """Show that aggregate, from the next update on where a moment is given that is about to be shown."""
        if chosen != self.chosen:
            self._choose(chosen, moment or self.moment)
            if moment is None:
                self.update_rows()

    def restore(self, chosen: AggregateId, frames: int) -> None:
        """Show an aggregate of the last session once it is there, in the order and with the columns set before.

        Args:
            chosen: the aggregate.
            frames: of the span of its numbers.
        """
        self._wanted, self.was_chosen, self._looks = chosen, True, False
        if self.choice != Choice():
            self._choices[chosen] = self.choice
        if self.sort != self.default_sort:
            self._sorts[chosen] = self.sort
        self.frames = frames if frames in SPANS else 0

    def _hinted(self, chosen: AggregateId, moment: Moment | None) -> Sort:
        wanted = moment.hint(chosen).sort if moment else ""
        column = {"cnt": "count", "last": "latest"}.get(wanted.lstrip("-"), wanted.lstrip("-"))
        return Sort(column) if column else self.default_sort

    def action_aggregate(self, step: int) -> None:
        """Show another aggregate."""
        names = list(self.moment.frame.aggregates) if self.moment else []
        if names:
            at = names.index(self.chosen) if self.chosen in names else 0
            self._show_number((at + step) % len(names))

    def _show_number(self, number: int) -> None:
        """The person has chosen that aggregate."""
        names = list(self.moment.frame.aggregates) if self.moment else []
        self.was_chosen, self._looks, self._wanted = True, False, NO_AGGREGATE
        self._choose(names[number], self.moment)
        self.update_rows()

    def explain_empty(self) -> str:
        """Whether there is no aggregate at all."""
        if self.moment is None or self.moment.frame.aggregates:
            return super().explain_empty()
        return "no script has an aggregate" if self.moment.frame.scripts else "no script is loaded"

    # --- what the numbers are of ---

    def action_span(self) -> None:
        """The numbers of the next longer span; the shortest and, of rows that are not cleared, all are in the Frame."""
        if (measured := self.measured) is None:
            return
        in_frame = 1 if measured.per_interval else EVERY
        span = self.frames or in_frame
        following = SPANS[(SPANS.index(span) + 1) % len(SPANS)]
        self.frames = 0 if following == in_frame else following
        self.start_over()
        self.update_rows()

    def action_form(self) -> None:
        """Show integer keys in the next form."""
        forms = ("", *FORMS)
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self.start_over()
        self.update_rows()

    def action_units(self) -> None:
        """Show 18000 µs as 18.0ms, or as it is again."""
        if not self.in_units and not self.unit:
            known = f"a view hint gives one: unit={'|'.join(units.UNITS)}"
            self.post_message(self.Said(f"the values have no unit of time or size; {known}", "warn"))
            return
        self.in_units = not self.in_units
        self.update_rows()

    def action_group(self) -> None:
        """Sum rows over all keys but the next one; after the last one, show all keys again."""
        keys = [column.id for column in self._columns if column.id.startswith("key")]
        if len(keys) < 2:
            return
        shown = [key for key in keys if key not in self.choice.hidden]
        following = 0 if len(shown) > 1 else keys.index(shown[0]) + 1
        hidden = {*keys[:following], *keys[following + 1 :]} if following < len(keys) else set()
        self.choose_columns(Choice((self.choice.hidden - {*keys}) | hidden, self.choice.order))

    def leads(self) -> Sequence[Lead]:
        """The code at its addresses, the stacks and whatever else is known of its names, the probes that count."""
        row, moment = self.current, self.moment
        if row is None or moment is None:
            return ()
        integers, strings = row.key
        symbols = moment.session.symbols
        found = [code_lead(symbols, number) for number in integers if number >= ADDRESS or symbols.find(number)]
        for text in strings:
            found += text_leads(moment, text)
        one = unfolded(moment, self.chosen, self.folding, row.raw)
        return [*found, *(row_leads(one[0], self.chosen, one[1]) if one else probe_leads(moment, self.chosen))]

    def mark(self, row: Measure) -> str:
        """Rows for which a threshold holds have a triangle, new ones a plus."""
        warn = self.moment.hint(self.chosen).warn if self.moment else ()
        return "▲" if aggregate.alarming(row, warn) else "+" if row.new else " "

    # --- drawing ---

    def draw_header(self, line: int, width: int) -> Strip:
        """The tabs, then the titles."""
        return super().draw_header(line, width) if line else self._tabs(width)[0]

    def _tabs(self, width: int) -> tuple[Strip, list[tuple[int, int, int]]]:
        """The aggregates by name, and where each is."""
        names = list(self.moment.frame.aggregates) if self.moment else []
        labels = [_label(self.moment, name) for name in names if self.moment]
        at = names.index(self.chosen) if self.chosen in names else 0
        return aggregate.tabs(labels, at, width, self.palette)

    def header_clicked(self, x: int, line: int) -> None:
        """Show the aggregate under the mouse; on the titles, order by the column."""
        if line:
            super().header_clicked(x, line)
            return
        for left, right, number in self._tabs(self.inner_width)[1]:
            if left <= x < right:
                self._show_number(number)

    def draw_footer(self, line: int, width: int) -> Strip:
        """The sum of the rows that pass the filter."""
        shown = self._shown
        if shown is None or not len(shown) or shown.sums is None:
            return strip([], width)
        measured, (hits, count) = shown.measured, shown.sums
        rate = hits / measured.seconds if measured.seconds > 0 else 0.0
        pieces: list[Piece] = [
            ("  Σ ", self.palette.header),
            (f"{numbers.rate(rate)}/s", self.palette.strong),
            (f"   count {numbers.count(count)}", self.palette.dim),
        ]
        warn = self.moment.hint(self.chosen).warn if self.moment else ()
        if warn and (over := count_of(measured, warn)):
            pieces.append((f"   ▲ {numbers.counted(over, 'row')} over a threshold", self.palette.warn))
        if measured.dropped:
            pieces.append((f"   ▲ {measured.dropped} updates lost to the memory limit", self.palette.warn))
        return strip(pieces, width)

    def status(self) -> str:
        """What the numbers are of."""
        unit = self.moment.hint(self.chosen).unit if self.moment and not (self.in_units and self.unit) else ""
        working = "selecting…" if self._worker.busy else ""
        form = f"keys {self.form}" if self.form else ""
        parts = [units.shown(clean(unit)), self._span(), form, working, super().status()]
        return " · ".join(part for part in parts if part)

    def subject(self) -> str:
        """The aggregate, the unit and the time."""
        if self.moment is None:
            return ""
        unit = units.shown(clean(self.moment.hint(self.chosen).unit))
        return " · ".join(part for part in (clean(self.moment.label(self.chosen)), unit, self._span()) if part)

    def _span(self) -> str:
        """Of which time they are."""
        measured = self.measured
        if measured is None or self._shown is None:
            return ""
        if not self.frames and measured.per_interval:
            seconds = round(measured.seconds, 1)
            return "this second" if seconds == 1 else f"{seconds:g} s"
        if not self.frames:
            return "since loading"
        spanned = f"{max(1, round(self._shown.measured.seconds))} s"
        extremes = "" if measured.per_interval else ", min and max since loading"
        return f"{'all ' if self.frames == EVERY else ''}{spanned}{extremes}"


def _hidden_keys(aggregate: AggregateId, moment: Moment | None) -> frozenset[str]:
    """The columns of keys that its script hides at first."""
    return frozenset(f"key{at}" for at in moment.hint(aggregate).hidden) if moment else frozenset()


def _rows_at_first(moment: Moment, aggregate: AggregateId) -> int:
    """How many rows an aggregate is shown with at least: where its script hides keys, they are summed."""
    rows = len(moment.frame.aggregates[aggregate])
    return min(rows, 1) if _hidden_keys(aggregate, moment) else rows


def _label(moment: Moment, aggregate: AggregateId) -> str:
    """The name, with a triangle where a threshold holds."""
    return f"{'▲ ' if moment.alarms(aggregate) else ''}{clean(moment.label(aggregate))}"


class AggregatesView(View):
    """One aggregate over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (AGGREGATES,)

    def compose(self) -> ComposeResult:
        """One panel."""
        yield AggregatePanel(id="aggregate-table")


ROW = ViewRow("aggregates", "Aggregates", "Agg", "the rows of one aggregate", AggregatesView)
