# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process: flat, as a tree, or as a matrix of processes and vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from vptop.model.cause import busiest
from vptop.model.fold import SPANS, in_words
from vptop.model.irq import Process
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.processkeys import ProcessId
from vptop.model.rows import Key
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import bars, columns, heat, numbers
from vptop.ui.render.aggregate import MOST_TREND, SHORT_TREND
from vptop.ui.render.columns import Column
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.render.palette import Palette
from vptop.ui.views.irq_tree import FORMS, IrqTree
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Drill, Lead, as_filter, name_leads, row_leads
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE

MOST_NAME, MOST_TREE_NAME = 28, 44
FIRST_TREE_NAME = 26
"""Cells that names of a tree get before bars and trends grow."""
LEAST_NAME = 6
"""Cells of a name and its mark that the depth of its line leaves."""
MOST_BAR = 24
MOST_VECTORS = 6
MATRIX_VECTORS = 32
IRQ = Scope(
    "Interrupts",
    (
        Action("irq.form", "t", "form", "flat, tree (TOT/S: with all below, OWN/S: without) or matrix", "Form"),
        Action("irq.span", "w", "span", "numbers of 1 s, of 10 s or 60 s (moving averages), or of all kept", "Span"),
    ),
)


class IrqPanel(IrqTree):
    """Which processes the interrupts hit; one column for each of the busiest vectors."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(IRQ)]
    SCOPES = (LIST, TABLE, IRQ)
    footer_height = 1
    empty = "no interrupts counted; load a script with an aggregate by vector and process"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("IRQ top by process", digit=3, id=id)

    # --- rows ---

    def show(self, moment: Moment | None) -> None:
        """With differences, those that changed most come first."""
        if moment is not None:
            self.follow_comparison(moment)
        super().show(moment)

    def columns(self, moment: Moment) -> Sequence[Column[Process]]:
        """Name, rate, share and bar, vectors, trend; of a matrix, the name and every vector."""
        is_tree = self.form == "tree" and self.by_parent
        name = Column(
            "name",
            "PROCESS",
            12,
            lambda row: self._named(row, MOST_NAME),
            lambda row: row.name,
            align="<",
            stretch=True,
            most=MOST_TREE_NAME if is_tree else MOST_NAME,
            first=FIRST_TREE_NAME if is_tree else 0,
            ascending=True,
            style=lambda row, palette: palette.dim if row.is_above else palette.strong,
            value=self._indented,
            sized=self._named,
        )
        counted = "TOT/S" if is_tree else "IRQ/S"
        rate: Column[Process] = columns.number_column("rate", counted, 8, numbers.rate, lambda row: row.rate)
        identity = [name, *([_PID_COLUMN] if self.keys.pid is not None else ()), rate]
        if self.form == "matrix":
            return [*identity, *self._vector_columns(moment, MATRIX_VECTORS)]
        return [
            *identity,
            *([_OWN_COLUMN] if is_tree else ()),
            *(columns.change_columns(counted, _change, _growth) if moment.compared(self.aggregate) else ()),
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
                lambda row: self._trend(moment, row, SHORT_TREND),
                align="<",
                stretch=True,
                most=MOST_TREND,
                sized=partial(self._trend, moment),
                is_picture=True,
                titled="{}s".format,
                keep=1,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _named(self, row: Process, cells: int) -> str:
        """The name; in a tree at its depth, with a mark when lines are below it."""
        if self.form != "tree":
            return _shown_name(row)
        mark = ("▼ " if self._level(row) else "▶ ") if row.opens else "  "
        return "  " * min(row.depth, max(0, cells - LEAST_NAME) // 2) + mark + _shown_name(row)

    def _indented(self, row: Process) -> str:
        """The name; in a tree at its depth."""
        return "  " * row.depth * (self.form == "tree") + _shown_name(row)

    def _trend(self, moment: Moment, row: Process, cells: int) -> str:
        return bars.trend(self.trend(moment, row, cells))

    def _bar_column(self) -> Column[Process]:
        return Column(
            "bar",
            "",
            8,
            lambda row: bars.bar(row.peak / self.longest, 8),
            align="<",
            keep=5,
            stretch=True,
            most=MOST_BAR,
            sized=lambda row, cells: bars.bar(row.peak / self.longest, cells),
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
            if column.id in {"rate", "own"}:
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
        top = [row for row in self.rows if not row.depth]
        count, rate = sum(row.count for row in top), sum(row.rate for row in top)
        vectors: dict[int, float] = {}
        for row in top:
            for vector, of_row in row.vectors.items():
                vectors[vector] = vectors.get(vector, 0.0) + of_row
        return sum(len(row.members) for row in top), count, rate, lambda vector: vectors.get(vector, 0.0)

    def title_text(self) -> str:
        """With the form, when it is not the usual one."""
        return self.heading if self.form == FORMS[0] else f"{self.heading} ‹{self.form}›"

    def status(self) -> str:
        """Where the numbers come from, the span, and how many processes are left out."""
        if not self.moment or not self.aggregate.name:
            return ""
        now = self.counted.now
        told = f"busiest {len(now.totals)} of {now.cut.processes}" if now.cut else ""
        return " · ".join(part for part in (self.subject(), told, "counting…" if self.counting else "") if part)

    def subject(self) -> str:
        """Where the numbers come from, and the span."""
        if self.moment is None or not self.aggregate.name:
            return ""
        return f"{clean(self.moment.label(self.aggregate))} · {in_words(self.moment, self.frames)}"

    def leads(self) -> Sequence[Lead]:
        """What else is known of that process, and the probes that count."""
        row = self.current
        if row is None or self.moment is None:
            return ()
        label = clean(self.moment.label(self.aggregate))
        process = row.process or row.members[0]
        name = process.name
        if not name:
            return ()
        rows = Lead(f"rows of {name} in {label}", Drill("aggregates", as_filter(name), name, self.aggregate))
        found = name_leads(self.moment, name)
        other = [lead for lead in found if not (isinstance(lead.message, Drill) and lead.message.view == "irq")]
        return [rows, *other, *row_leads(self.moment, self.aggregate, self._row_of(self.moment, row, process))]

    def _row_of(self, moment: Moment, line: Process, process: ProcessId) -> int | None:
        """The row of the aggregate that says most about a line."""
        measured, keys = moment.measured(self.aggregate), self.keys
        if measured is None:
            return None
        text = keys.name - measured.data.integer_keys

        def fits(key: Key) -> bool:
            integers, strings = key
            is_it = strings[text] == process.name and (keys.pid is None or integers[keys.pid] == process.pid)
            return is_it and integers[0] in line.vectors

        return busiest(moment, self.aggregate, fits)

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


def _shown_name(row: Process) -> str:
    if row.process is not None and not row.name and row.is_above:
        return "(not seen)"
    return clean(row.name) or "(no name)"


def _pid(row: Process) -> int | None:
    """The number of a process; of lines of its vectors, and of families, none."""
    return row.process.pid if row.process is not None and row.process == row.key else None


_PID_COLUMN: Column[Process] = Column(
    "pid",
    "PID",
    7,
    lambda row: "" if _pid(row) is None else str(_pid(row)),
    lambda row: -1 if (pid := _pid(row)) is None else pid,
    keep=8,
    ascending=True,
    style=lambda row, palette: palette.dim if row.is_above else palette.text,
    value=lambda row: "" if (pid := _pid(row)) is None else pid,
)
_OWN_COLUMN: Column[Process] = Column(
    "own",
    "OWN/S",
    8,
    lambda row: "" if row.is_above else numbers.rate((row.alone or row).rate),
    lambda row: 0.0 if row.is_above else (row.alone or row).rate,
    keep=7,
    value=lambda row: "" if row.is_above else (row.alone or row).rate,
)


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
