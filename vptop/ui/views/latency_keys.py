# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate by its other keys: a line for each, with percentiles and the shape of its histogram."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.probes.frame import NO_AGGREGATE
from vptop.model.box import Box, spanned
from vptop.model.cause import slowest
from vptop.model.histogram import PERCENTILES, Histogram, histogram
from vptop.model.kinds import Kind
from vptop.model.rows import Indices, Key, Measured
from vptop.model.session import Moment
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import Column, Sort
from vptop.ui.views.histograms import Latencies, in_box, settle, unit_of
from vptop.ui.widgets.leads import Lead, name_leads, probe_leads, row_leads
from vptop.ui.widgets.table import TablePanel

MOST_GROUPS = 500
KEEP = {50: 8, 99: 7, 90: 6, 99.9: 5}
"""Where there is little room, percentiles with the lowest number go first."""
SHAPE = 24
"""Cells of a small histogram; buckets share a cell where there are more."""


@dataclass(frozen=True)
class PerKey:
    """The histogram of one combination of the other keys."""

    label: str
    histogram: Histogram
    before: Histogram | None = None
    """at the baseline; None: nothing is compared"""

    def growth(self, percent: float) -> float | None:
        """By how much a percentile has grown since the baseline, as a share; None where there was nothing."""
        was = self.before.percentile(percent) if self.before else 0
        return self.histogram.percentile(percent) / was - 1 if was else None

    @property
    def name(self) -> str:
        """The last of the keys: a process's or another name, where there is one."""
        return self.label.split(" ")[-1]


def _histograms(measured: Measured, steps: int, box: Box | None = None) -> dict[str, Histogram]:
    """A histogram of the interval by the other keys, of what is in the box."""
    inside = np.zeros(len(measured), bool)
    inside[box.rows(measured) if box else slice(None)] = True
    made = {
        label: histogram(measured, interval=True, steps=steps, rows=rows[inside[rows]])
        for label, rows in groups(measured)
    }
    return {label: one for label, one in made.items() if one.count}


def groups(measured: Measured) -> list[tuple[str, Indices]]:
    """Rows by their keys beside the bucket, as these are shown; those with most updates first, MOST_GROUPS at most."""
    columns: list[npt.NDArray[Any]] = [measured.integers[:, at] for at in range(1, measured.data.integer_keys)]
    columns += [measured.offsets[:, at] for at in range(measured.data.string_keys)]
    if not columns:
        return [("all", np.arange(len(measured), dtype=np.uint32))]
    others = np.column_stack(columns)
    _, first, which = np.unique(others, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    sums = np.bincount(which, weights=measured.hits)
    found = []
    for group in np.argsort(-sums, kind="stable")[:MOST_GROUPS].tolist():
        key = measured.key(int(first[group]))
        rows = np.flatnonzero(which == group).astype(np.uint32)
        found.append((label_of(key), rows))
    return found


def label_of(key: Key) -> str:
    """The keys beside the bucket."""
    integers, strings = key
    return " ".join([*map(str, integers[1:]), *strings])


class PerKeyPanel(TablePanel[PerKey], Latencies):
    """One line for each combination of the keys beside the bucket: count, percentiles, a small picture."""

    default_sort = Sort("count")
    empty = "no histogram"

    def __init__(self) -> None:
        TablePanel.__init__(self, "By key", id="latency-keys")
        Latencies.__init__(self)
        self.aggregate = NO_AGGREGATE
        self._span: tuple[int, ...] = ()

    def items(self, moment: Moment) -> Iterable[PerKey]:
        """Group the rows by their other keys."""
        self.aggregate = moment.first(Kind.HISTOGRAM) or self.aggregate
        measured = spanned(moment, self.aggregate, self.frames, self.box)
        if measured is None:
            return []
        self._span = tuple(np.unique(measured.integers[:, 0]).tolist())
        steps = moment.hint(self.aggregate).steps
        comparison = moment.compared(self.aggregate)
        before = _histograms(comparison.baseline, steps) if comparison else None
        found = _histograms(measured, steps, self.box)
        return [
            PerKey(label, one, None if before is None else before.get(label, Histogram()))
            for label, one in found.items()
        ]

    def columns(self, moment: Moment) -> Sequence[Column[PerKey]]:
        """Key, count, percentiles, picture."""
        return [
            Column(
                "key",
                "KEY",
                10,
                lambda row: row.label,
                lambda row: row.label,
                align="<",
                stretch=True,
                most=30,
                ascending=True,
                style=lambda _, palette: palette.strong,
            ),
            self._count_column(self.seconds(moment)),
            *(_percentile(percent) for percent in PERCENTILES),
            *((_growth(percent) for percent in (50, 99)) if moment.compared(self.aggregate) else ()),
            Column(
                "shape",
                "SHAPE",
                6,
                lambda row: self._shape(row, SHAPE),
                align="<",
                keep=1,
                stretch=True,
                most=SHAPE,
                sized=self._shape,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _count_column(self, seconds: float) -> Column[PerKey]:
        return Column(
            "count",
            "CNT/S" if self.per_second else "COUNT",
            7,
            lambda row: self.counted(row.histogram.count / seconds),
            lambda row: row.histogram.count,
        )

    def _shape(self, row: PerKey, cells: int) -> str:
        counts = {bucket.low: bucket.count for bucket in row.histogram.buckets}
        each = -(-len(self._span) // cells) if cells else 1
        spans = [self._span[at : at + each] for at in range(0, len(self._span), each)]
        return bars.trend([sum(counts.get(low, 0) for low in span) for span in spans])

    def leads(self) -> Sequence[Lead]:
        """What else is known of that key, and the probes that count."""
        row = self.current
        if row is None or self.moment is None:
            return ()
        found = slowest(self.moment, self.aggregate, 1, lambda key: row.label in ("all", label_of(key)))
        leads = row_leads(found[0], self.aggregate, found[1]) if found else probe_leads(self.moment, self.aggregate)
        return [*name_leads(self.moment, row.name), *leads]

    def status(self) -> str:
        """The unit, of which seconds and buckets, and how many rows."""
        if self.moment is None or not self.aggregate.name:
            return super().status()
        span = in_box(self.moment, self.box, self.frames)
        return " · ".join(part for part in (unit_of(self.moment, self.aggregate), span, super().status()) if part)

    def clear(self) -> None:
        """No filter, and all of the heat map."""
        super().clear()
        settle(self, box=None)

    def key(self, row: PerKey) -> Hashable:
        """Its keys."""
        return row.label

    def searchable(self, row: PerKey) -> str:
        """Its keys."""
        return row.label

    def numbers(self, row: PerKey) -> Mapping[str, float]:
        """What a filter may compare."""
        seconds = self.span_seconds(self.moment) if self.moment else 1.0
        return {"count": row.histogram.count, "rate": row.histogram.count / seconds}


def _growth(percent: float) -> Column[PerKey]:
    return Column(
        f"growth{percent}",
        f"ΔP{percent}",
        6,
        lambda row: numbers.growth(row.growth(percent)),
        lambda row: row.growth(percent) or 0.0,
        keep=9,
        style=lambda row, palette: palette.warn if (row.growth(percent) or 0) > 0 else palette.accent,
    )


def _percentile(percent: float) -> Column[PerKey]:
    return Column(
        f"p{percent}",
        f"P{percent}",
        6,
        lambda row: numbers.short(row.histogram.percentile(percent)),
        lambda row: row.histogram.percentile(percent),
        keep=KEEP[percent],
    )
