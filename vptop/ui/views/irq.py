# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process: flat, as a tree, or as a matrix of processes and vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from vptop.model import keytext
from vptop.model.cause import busiest
from vptop.model.fold import SPANS, in_words
from vptop.model.irq import Path, Process, below, tree
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import bars, columns, heat, numbers
from vptop.ui.render.aggregate import MOST_TREND, SHORT_TREND
from vptop.ui.render.columns import Column
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.render.palette import Palette
from vptop.ui.views.irq_rows import IrqRows
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Drill, Lead, as_filter, name_leads, row_leads
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE

MOST_BAR = 24
MOST_VECTORS = 6
MATRIX_VECTORS = 32
FORMS = ("flat", "tree", "matrix")
IRQ = Scope(
    "Interrupts",
    (
        Action("irq.form", "t", "form", "flat, tree or matrix of processes and vectors", "Form"),
        Action("irq.span", "w", "span", "numbers of 1 s, of 10 s or 60 s (moving averages), or of all kept", "Span"),
    ),
)


class IrqPanel(IrqRows):
    """Which processes the interrupts hit; one column for each of the busiest vectors."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(IRQ)]
    SCOPES = (LIST, TABLE, IRQ)
    footer_height = 1
    empty = "no interrupts counted; load a script with an aggregate by vector and process"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("IRQ top by process", digit=3, id=id)
        self.form = FORMS[0]
        self._opened: set[Path] = set()

    # --- rows ---

    def show(self, moment: Moment | None) -> None:
        """With differences, those that changed most come first."""
        if moment is not None:
            self.follow_comparison(moment)
        super().show(moment)

    def collect(self, moment: Moment) -> Sequence[Process]:
        """Filtered and in order; of a tree, the lines that are open."""
        found = super().collect(moment)
        return self._unfolded(tree(found), self.columns(moment)) if self.form == "tree" else found

    def _unfolded(self, rows: Iterable[Process], layout: Sequence[Column[Process]]) -> list[Process]:
        shown: list[Process] = []
        for row in columns.ordered(rows, layout, self.sort):
            shown.append(row)
            if row.path in self._opened:
                shown += self._unfolded(below(row, self._vector_name), layout)
        return shown

    def _vector_name(self, vector: int) -> str:
        return keytext.vector(vector, self.moment.session.vectors if self.moment else {})

    def columns(self, moment: Moment) -> Sequence[Column[Process]]:
        """Name, rate, share and bar, vectors, trend; of a matrix, the name and every vector."""
        name = Column(
            "name", "PROCESS", 12, self._named, lambda row: row.name, align="<", stretch=True, most=28, ascending=True,
            style=lambda _, palette: palette.strong, value=self._indented,
        )  # fmt: skip
        rate: Column[Process] = columns.number_column("rate", "IRQ/S", 8, numbers.rate, lambda row: row.rate)
        if self.form == "matrix":
            return [name, rate, *self._vector_columns(moment, MATRIX_VECTORS)]
        return [
            name,
            rate,
            *(columns.change_columns("IRQ/S", _change, _growth) if moment.compared(self.aggregate) else ()),
            columns.number_column("count", "COUNT", 7, numbers.count, lambda row: row.count, keep=0),
            Column(
                "share",
                "%TOT",
                6,
                lambda row: numbers.percent(row.share),
                lambda row: row.share,
                keep=6,
                value=lambda row: row.share * 100,
            ),
            self._bar_column(),
            *self._vector_columns(moment, MOST_VECTORS),
            Column(
                "trend",
                "TREND",
                SHORT_TREND,
                lambda row: bars.trend(self.history.trend(moment, self.aggregate, row.members, SHORT_TREND)),
                align="<",
                stretch=True,
                most=MOST_TREND,
                sized=lambda row, cells: bars.trend(self.history.trend(moment, self.aggregate, row.members, cells)),
                is_picture=True,
                titled="{}s".format,
                keep=1,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _named(self, row: Process) -> str:
        """The name; in a tree at its depth, with a mark when lines are below it."""
        name = clean(row.name) or "(no name)"
        if self.form != "tree":
            return name
        mark = ("▼ " if row.path in self._opened else "▶ ") if row.opens else "  "
        return "  " * (len(row.path) - 1) + mark + name

    def _indented(self, row: Process) -> str:
        """The name; in a tree at its depth."""
        return "  " * (len(row.path) - 1) * (self.form == "tree") + (clean(row.name) or "(no name)")

    def _bar_column(self) -> Column[Process]:
        return Column(
            "bar",
            "",
            8,
            lambda row: bars.bar(row.peak, 8),
            align="<",
            keep=5,
            stretch=True,
            most=MOST_BAR,
            sized=lambda row, cells: bars.bar(row.peak, cells),
            is_picture=True,
            style=lambda _, palette: palette.bar,
        )

    def _vector_columns(self, moment: Moment, most: int) -> list[Column[Process]]:
        """The busiest in order of vectors; where there is little room, the busiest of them stay longest."""
        busiest = sorted(self.busy, key=lambda vector: -self.busy[vector])[:most]
        names = moment.session.vectors
        titles = {vector: clean(names[vector]).upper() if vector in names else f"0x{vector:02X}" for vector in busiest}
        return [self._vector_column(vector, titles[vector], 4 - busiest.index(vector)) for vector in sorted(busiest)]

    def _vector_column(self, vector: int, title: str, keep: int) -> Column[Process]:
        now = self.counted.now
        peak = now.peak / now.seconds if now.seconds > 0 else 0.0

        def rate(row: Process) -> float:
            return row.vectors.get(vector, 0.0)

        def cell(row: Process) -> str:
            return numbers.rate(rate(row)) if rate(row) else "·"

        def style(row: Process, palette: Palette) -> Style:
            if not rate(row):
                return palette.dim
            return heat.cell(rate(row), peak, palette) if self.form == "matrix" else palette.text

        return Column(
            f"vector{vector}",
            title,
            max(9 if self.form == "matrix" else 6, len(title) + 1),
            cell,
            rate,
            keep=keep,
            style=style,
            value=rate,
        )

    # --- drawing ---

    def draw_footer(self, line: int, width: int) -> Strip:
        """The sum of all, and of each column of vectors."""
        if not self.rows:
            return strip([], width)
        lines, count, rate, of_vector = self._sums()
        pieces: list[Piece] = []
        for column, cells in self._layout(width):
            if column.id == "name":
                said = f"  Σ {numbers.counted(lines, 'process')}"
                short = said if width_of(said) <= cells + 2 else f"  Σ {lines}"
                pieces.append((fit(short, cells + 2), self.palette.header))
                continue
            text = ""
            if column.id == "rate":
                text = numbers.rate(rate)
            elif column.id == "count":
                text = numbers.count(count)
            elif column.id.startswith("vector"):
                text = numbers.rate(of_vector(int(column.id.removeprefix("vector"))))
            pieces.append((" " + fit(text, cells, ">"), self.palette.strong))
        return strip(pieces, width)

    def _sums(self) -> tuple[int, int, float, Callable[[int], float]]:
        """How many processes pass the filter, their interrupts, the rate of these, and that by vector."""
        now = self.counted.now
        if (cut := now.cut) is not None and now.seconds > 0:
            return cut.processes, cut.count, cut.count / now.seconds, lambda it: cut.vectors.get(it, 0) / now.seconds
        top = [row for row in self.rows if len(row.path) == 1]
        count, rate = sum(row.count for row in top), sum(row.rate for row in top)
        return len(top), count, rate, lambda vector: sum(row.vectors.get(vector, 0.0) for row in top)

    def title_text(self) -> str:
        """With the form, when it is not the usual one."""
        return self.heading if self.form == FORMS[0] else f"{self.heading} ‹{self.form}›"

    def status(self) -> str:
        """Where the numbers come from, the span, and how many processes are left out."""
        if not self.moment or not self.aggregate.name:
            return ""
        now = self.counted.now
        told = f"busiest {len(now.totals)} of {now.cut.processes}" if now.cut else ""
        parts = (clean(self.moment.label(self.aggregate)), in_words(self.moment, self.frames), told)
        return " · ".join(part for part in (*parts, "counting…" if self.counting else "") if part)

    def leads(self) -> Sequence[Lead]:
        """What else is known of that process, and the probes that count."""
        row = self.current
        if row is None or self.moment is None:
            return ()
        label = clean(self.moment.label(self.aggregate))
        name = row.members[0] if row.members else row.path[-2] if len(row.path) > 1 else row.name
        rows = Lead(f"rows of {name} in {label}", Drill("aggregates", as_filter(name), name, self.aggregate))
        found = name_leads(self.moment, name)
        other = [lead for lead in found if not (isinstance(lead.message, Drill) and lead.message.view == "irq")]
        row_of_it = busiest(self.moment, self.aggregate, lambda key: key[1][:1] == (name,) and key[0][0] in row.vectors)
        return [rows, *other, *row_leads(self.moment, self.aggregate, row_of_it)]

    # --- actions ---

    def action_form(self) -> None:
        """The next form."""
        self.form = FORMS[(FORMS.index(self.form) + 1) % len(FORMS)]
        self._held = None
        self.update_rows()

    def action_span(self) -> None:
        """Numbers of the next longer span."""
        self.frames = SPANS[(SPANS.index(self.frames) + 1) % len(SPANS)]
        self.update_rows()

    def toggle(self) -> None:
        """Open or close a line of the tree."""
        row = self.current
        if self.form == "tree" and row is not None:
            self.action_sideways(-1 if row.path in self._opened else 1)

    def action_sideways(self, direction: int) -> None:
        """In a tree open or close a line; otherwise go to the panel on that side."""
        row = self.current
        if self.form != "tree" or row is None:
            super().action_sideways(direction)
            return
        if direction > 0 and row.opens:
            self._opened.add(row.path)
        elif row.path in self._opened:
            self._opened.discard(row.path)
        elif len(row.path) > 1:
            self._held = row.path[:-1]
        self.update_rows()


def _change(row: Process) -> float | None:
    return None if row.base is None else row.change


def _growth(row: Process) -> float | None:
    return row.growth


class IrqView(View):
    """Interrupts per process over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (IRQ,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield IrqPanel(id="irq-table")


ROW = ViewRow("irq", "IRQ", "IRQ", "interrupts per process", IrqView)
