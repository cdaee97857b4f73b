# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts per process: what vptop is named after."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from textual.app import ComposeResult
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE
from engine.text import escape
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.rows import Measured
from vptop.model.session import Moment
from vptop.ui.render import bars, keys, numbers
from vptop.ui.render.columns import Column
from vptop.ui.render.fit import Piece, strip
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.table import TablePanel

TREND = 12
MOST_VECTORS = 6
FADING = 0.98
"""How much of a vector's weight is left a second later: columns come and go slowly."""


@dataclass
class Process:
    """One process in one interval: its interrupts per second by vector."""

    name: str
    rate: float = 0.0
    vectors: dict[int, float] = field(default_factory=dict)
    share: float = 0.0
    """of all processes"""
    peak: float = 0.0
    """of the process with most"""


def processes(measured: Measured) -> list[Process]:
    """Sum an aggregate keyed by vector and name over the vectors."""
    if not len(measured) or measured.seconds <= 0:
        return []
    offsets, which = np.unique(measured.offsets[:, 0], return_inverse=True)
    vectors, what = np.unique(measured.integers[:, 0], return_inverse=True)
    sums = np.bincount(which * len(vectors) + what, weights=measured.hits, minlength=len(offsets) * len(vectors))
    rates = sums.reshape(len(offsets), len(vectors)) / measured.seconds
    whole, peak = float(rates.sum()), float(rates.sum(axis=1).max())
    found = []
    for offset, row in zip(offsets.tolist(), rates, strict=True):
        rate = float(row.sum())
        by_vector = {int(vectors[at]): float(row[at]) for at in np.flatnonzero(row)}
        share = rate / whole if whole else 0.0
        found.append(Process(escape(measured.string(offset)), rate, by_vector, share, rate / peak if peak else 0.0))
    return found


class IrqPanel(TablePanel[Process]):
    """Which processes the interrupts hit; one column for each of the busiest vectors."""

    footer_height = 1
    empty = "no interrupts counted; load a script with an aggregate by vector and process"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("IRQ top by process", digit=3, id=id)
        self.aggregate = NO_AGGREGATE
        self._busy: dict[int, float] = {}
        self._rates: dict[int, dict[str, float]] = {}

    def items(self, moment: Moment) -> Iterable[Process]:
        """The processes of the first aggregate that looks like it."""
        self.aggregate = moment.first(Kind.TOP) or self.aggregate
        measured = moment.measured(self.aggregate)
        if measured is None:
            return []
        found = processes(measured)
        self._busy = {vector: rate * FADING for vector, rate in self._busy.items()}
        for process in found:
            for vector, rate in process.vectors.items():
                self._busy[vector] = self._busy.get(vector, 0.0) + rate
        return found

    def columns(self, moment: Moment) -> Sequence[Column[Process]]:
        """Name, rate, share, bar, vectors, trend."""
        return [
            Column(
                "name",
                "PROCESS",
                12,
                lambda row: clean(row.name) or "(no name)",
                lambda row: row.name,
                align="<",
                stretch=True,
                most=24,
                ascending=True,
                style=lambda _, palette: palette.strong,
            ),
            Column("rate", "IRQ/S", 8, lambda row: numbers.rate(row.rate), lambda row: row.rate),
            Column("share", "%TOT", 6, lambda row: numbers.percent(row.share), lambda row: row.share, keep=6),
            self._bar_column(),
            *self._vector_columns(),
            Column(
                "trend",
                f"{TREND}s",
                TREND,
                lambda row: bars.trend(self._trend(moment, row.name)),
                align="<",
                keep=1,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _bar_column(self) -> Column[Process]:
        return Column(
            "bar",
            "",
            8,
            lambda row: bars.bar(row.peak, 8),
            align="<",
            keep=5,
            stretch=True,
            sized=lambda row, cells: bars.bar(row.peak, cells),
            style=lambda _, palette: palette.bar,
        )

    def _vector_columns(self) -> list[Column[Process]]:
        """The busiest in order of vectors; where there is little room, the busiest of them stay longest."""
        busiest = sorted(self._busy, key=lambda vector: -self._busy[vector])[:MOST_VECTORS]
        return [self._vector_column(vector, keep=4 - busiest.index(vector)) for vector in sorted(busiest)]

    def _vector_column(self, vector: int, keep: int) -> Column[Process]:
        def rate(row: Process) -> float:
            return row.vectors.get(vector, 0.0)

        title = keys.VECTORS.get(vector, "").upper() or f"0x{vector:02X}"
        return Column(
            f"vector{vector}",
            title,
            max(6, len(title) + 1),
            lambda row: numbers.rate(rate(row)) if rate(row) else "·",
            rate,
            keep=keep,
            style=lambda row, palette: palette.text if rate(row) else palette.dim,
        )

    def _trend(self, moment: Moment, name: str) -> list[float | None]:
        span = range(moment.sequence - TREND + 1, moment.sequence + 1)
        for sequence in [*self._rates]:
            if sequence not in span:
                del self._rates[sequence]
        return [self._rates_at(moment, sequence).get(name, None if sequence < 0 else 0.0) for sequence in span]

    def _rates_at(self, moment: Moment, sequence: int) -> dict[str, float]:
        """Interrupts per second by process at some Frame, worked out once."""
        known = self._rates.get(sequence)
        if known is None:
            measured = moment.session.measured(sequence, self.aggregate)
            known = {process.name: process.rate for process in processes(measured)} if measured else {}
            self._rates[sequence] = known
        return known

    def key(self, row: Process) -> Hashable:
        """Its name."""
        return row.name

    def searchable(self, row: Process) -> str:
        """Its name."""
        return clean(row.name)

    def numbers(self, row: Process) -> Mapping[str, float]:
        """What a filter may compare."""
        return {"rate": row.rate, "count": row.rate, "share": row.share * 100}

    def draw_footer(self, line: int, width: int) -> Strip:
        """The sum."""
        total = sum(row.rate for row in self.rows)
        pieces: list[Piece] = [
            (f"  {numbers.counted(len(self.rows), 'process')}", self.palette.dim),
            (f"   {numbers.rate(total)} irq/s", self.palette.strong),
        ]
        return strip(pieces if self.rows else [], width)

    def status(self) -> str:
        """Where the numbers come from."""
        return clean(self.moment.label(self.aggregate)) if self.moment else ""


class IrqView(View):
    """Interrupts per process over the whole screen."""

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield IrqPanel(id="irq-table")


ROW = ViewRow("irq", "IRQ", "IRQ", "interrupts per process", IrqView)
