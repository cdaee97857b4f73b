# SPDX-License-Identifier: GPL-2.0-or-later
"""Latency histograms: a chart with percentiles, buckets in numbers, and one line for each key."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from textual.app import ComposeResult
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.histogram import Bucket, Histogram, histogram
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.rows import Indices, Measured
from vptop.model.session import Moment
from vptop.ui.render import bars, latency, numbers
from vptop.ui.render.columns import Column, Sort
from vptop.ui.render.fit import strip
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel
from vptop.ui.widgets.table import TablePanel

MOST_GROUPS = 500
NO_HISTOGRAM = "no histogram; load a script whose aggregate has buckets (powers of two) as a key"


def chosen(moment: Moment, before: AggregateId) -> AggregateId:
    """The aggregate to show: the first that looks like a histogram, the one shown before while there is none."""
    return moment.first(Kind.HISTOGRAM) or before


def unit_of(moment: Moment, aggregate: AggregateId) -> str:
    """The unit of its buckets: as hinted, microseconds where a disk's completion feeds it."""
    unit = clean(moment.hint(aggregate).unit) or ("us" if "Disk_IOFinish" in moment.fed_by(aggregate) else "")
    return "µs" if unit == "us" else unit


class ChartPanel(LinePanel[Strip]):
    """The chart. It has no rows to move on, only lines."""

    empty = NO_HISTOGRAM

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Disk latency", digit=4, id=id)
        self.aggregate = NO_AGGREGATE
        self.histogram = Histogram()

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """Draw the chart into the size there is."""
        self.aggregate = chosen(moment, self.aggregate)
        measured = moment.measured(self.aggregate)
        self.histogram = histogram(measured, interval=True)
        lines = latency.chart(self.histogram, self.inner_width - 1, self.size.height - 1, self.palette)
        if lines:
            unit = unit_of(moment, self.aggregate)
            lines.append(strip(latency.percentiles(self.histogram, unit, self.palette), self.inner_width))
        return lines

    def on_resize(self) -> None:
        """The chart is as large as the panel."""
        self.update_rows()

    def draw(self, row: Strip, index: int, width: int, *, cursor: bool) -> Strip:
        """A line of the chart."""
        return row.crop(0, width)

    def key(self, row: Strip) -> Hashable:
        """Lines stay in place."""
        return self.rows.index(row)

    def title_text(self) -> str:
        """With the unit."""
        unit = unit_of(self.moment, self.aggregate) if self.moment else ""
        return f"{self.heading} ({unit})" if unit else self.heading

    def status(self) -> str:
        """Where the numbers come from."""
        return (
            f"{clean(self.moment.label(self.aggregate))} · this second" if self.moment and self.aggregate.name else ""
        )


class BucketPanel(LinePanel[Bucket]):
    """The buckets in numbers: range, bar, count, share, share so far; all that the Frames on hand saw."""

    empty = NO_HISTOGRAM

    def __init__(self) -> None:
        super().__init__("Buckets", id="latency-buckets")
        self.aggregate = NO_AGGREGATE
        self.histogram = Histogram()

    def collect(self, moment: Moment) -> Sequence[Bucket]:
        """The buckets in order."""
        self.aggregate = chosen(moment, self.aggregate)
        measured = moment.measured(self.aggregate)
        self.histogram = histogram(measured, interval=True)
        return self.histogram.buckets

    def draw(self, row: Bucket, index: int, width: int, *, cursor: bool) -> Strip:
        """One bucket."""
        unit = unit_of(self.moment, self.aggregate) if self.moment else ""
        return latency.bucket_row(self.histogram, index, width, self.palette, unit)

    def key(self, row: Bucket) -> Hashable:
        """Its lower end."""
        return row.low

    def status(self) -> str:
        """Column titles."""
        return "count · share · up to here" if self.rows else ""


@dataclass(frozen=True)
class PerKey:
    """The histogram of one combination of the other keys."""

    label: str
    histogram: Histogram


def groups(measured: Measured) -> list[tuple[str, Indices]]:
    """Rows by their keys beside the bucket, as these are shown; those with most updates first, MOST_GROUPS at most."""
    others = np.column_stack((measured.integers[:, 1:], measured.offsets[:, : measured.data.string_keys]))
    if not others.shape[1]:
        return [("all", np.arange(len(measured), dtype=np.uint32))]
    _, first, which = np.unique(others, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    sums = np.bincount(which, weights=measured.hits)
    found = []
    for group in np.argsort(-sums, kind="stable")[:MOST_GROUPS].tolist():
        integers, strings = measured.key(int(first[group]))
        found.append((" ".join([*map(str, integers[1:]), *strings]), np.flatnonzero(which == group).astype(np.uint32)))
    return found


class PerKeyPanel(TablePanel[PerKey]):
    """One line for each combination of the keys beside the bucket: count, percentiles, a small picture."""

    default_sort = Sort("count")
    empty = NO_HISTOGRAM

    def __init__(self) -> None:
        super().__init__("By key", id="latency-keys")
        self.aggregate = NO_AGGREGATE
        self._span: tuple[int, ...] = ()

    def items(self, moment: Moment) -> Iterable[PerKey]:
        """Group the rows by their other keys."""
        self.aggregate = chosen(moment, self.aggregate)
        measured = moment.measured(self.aggregate)
        if measured is None:
            return []
        self._span = tuple(np.unique(measured.integers[:, 0]).tolist())
        return [PerKey(label, histogram(measured, interval=True, rows=rows)) for label, rows in groups(measured)]

    def columns(self, moment: Moment) -> Sequence[Column[PerKey]]:
        """Key, count, percentiles, picture."""
        span = max(4, len(self._span))
        return [
            Column(
                "key",
                "KEY",
                10,
                lambda row: row.label,
                lambda row: row.label,
                align="<",
                stretch=True,
                ascending=True,
                style=lambda _, palette: palette.strong,
            ),
            Column("count", "COUNT", 7, lambda row: numbers.count(row.histogram.count), lambda r: r.histogram.count),
            *(
                Column(
                    f"p{percent}",
                    f"P{percent}",
                    6,
                    lambda row, p=percent: numbers.short(row.histogram.percentile(p)),  # type: ignore[misc]
                    lambda row, p=percent: row.histogram.percentile(p),  # type: ignore[misc]
                    keep=percent // 12,
                )
                for percent in (50, 90, 99)
            ),
            Column(
                "shape",
                "SHAPE",
                span,
                self._shape,
                align="<",
                keep=1,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _shape(self, row: PerKey) -> str:
        counts = {bucket.low: bucket.count for bucket in row.histogram.buckets}
        return bars.trend([counts.get(low, 0) for low in self._span])

    def key(self, row: PerKey) -> Hashable:
        """Its keys."""
        return row.label

    def searchable(self, row: PerKey) -> str:
        """Its keys."""
        return row.label

    def numbers(self, row: PerKey) -> Mapping[str, float]:
        """What a filter may compare."""
        return {"count": row.histogram.count, "rate": row.histogram.count}


class LatencyView(View):
    """A large chart, the buckets in numbers, a line for each key."""

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield ChartPanel(id="latency-chart")
        yield BucketPanel()
        yield PerKeyPanel()


LAYOUT = """
LatencyView { layout: grid; grid-size: 2 2; grid-columns: 1fr 1fr; grid-rows: 1fr 1fr; }
#latency-chart { column-span: 2; }
.-narrow LatencyView { grid-size: 1 2; grid-columns: 1fr; }
.-narrow #latency-chart { column-span: 1; }
.-narrow #latency-keys { display: none; }
"""
ROW = ViewRow("latency", "Latency", "Lat", "histograms and percentiles", LatencyView, LAYOUT)
