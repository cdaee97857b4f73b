# SPDX-License-Identifier: GPL-2.0-or-later
"""Latencies: a histogram with percentiles, a heat map over time, buckets in numbers, a line for each key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.strip import Strip

from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Scope
from vptop.ui.render import latency, numbers
from vptop.ui.render.fit import strip
from vptop.ui.views.histograms import HISTOGRAM, HistogramPanel
from vptop.ui.views.latency_heat import HEAT, HeatPanel
from vptop.ui.views.latency_keys import PerKeyPanel
from vptop.ui.views.latency_slowest import SlowestPanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel


class ChartPanel(HistogramPanel):
    """The chart and its percentiles."""

    heeds = frozenset({"frames", "per_second", "linear", "box"})

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Disk latency", digit=4, id=id)
        self.drawn = latency.NO_CHART
        self._under: int | None = None
        """the column of cells under the mouse"""

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """Draw the chart into the size there is."""
        found = self.histogram(moment)
        width, height = self.inner_width, self.size.height - 1
        self.drawn = latency.chart(
            found, width, height, self.palette, linear=self.linear, unit=self.unit, seconds=self.seconds(moment)
        )
        lines = [*self.drawn.lines]
        if found.count:
            line = latency.percentiles(found, self.unit, self.palette, width, self.baseline(moment))
            lines.append(strip(line, width))
        return lines

    def named(self) -> str:
        """Latencies of the disk, or, where another probe measures, the aggregate."""
        fed_by = self.moment.fed_by(self.aggregate) if self.moment else frozenset()
        if self.moment is None or not fed_by or any(probe.startswith("Disk_") for probe in fed_by):
            return self.heading
        return clean(self.moment.label(self.aggregate))

    def hovered(self) -> str:
        """The bucket under the mouse, and its share."""
        bucket = None if self._under is None else self.drawn.at(self._under)
        whole = sum(one.count for one in self.drawn.buckets)
        if bucket is None or not whole or self.moment is None:
            return ""
        count = self.counted(bucket.count / self.seconds(self.moment)) + ("/s" if self.per_second else "")
        return f"{self.range_of(bucket)} · {count} · {numbers.percent(bucket.count / whole)}"

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say which bucket is under the mouse."""
        offset = event.get_content_offset(self)
        self._under = offset.x if offset is not None and offset.y < len(self.drawn.lines) else None
        self._fit()

    def on_leave(self) -> None:
        """Nothing is under the mouse."""
        self._under = None
        self._fit()


class BucketPanel(HistogramPanel):
    """The buckets in numbers: range, bar, count, share, share so far."""

    header_height = 1
    heeds = frozenset({"frames", "per_second", "box"})

    def __init__(self) -> None:
        super().__init__("Buckets", id="latency-buckets")
        self._compares = False

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """The buckets that were hit, in order, with a line where empty ones are left out."""
        found, before = self.histogram(moment, least_frames=1), self.baseline(moment)
        self._compares = before is not None
        seconds = self.seconds(moment) if self.per_second else None
        return latency.bucket_rows(found, self.inner_width, self.palette, self.unit, before, seconds)

    def draw_header(self, line: int, width: int) -> Strip:
        """Column titles."""
        return latency.bucket_header(width, self.palette, compared=self._compares, per_second=self.per_second)


class LatencyView(View):
    """Chart and heat map above, numbers below."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (HISTOGRAM, HEAT)

    @property
    def drilled(self) -> LinePanel[object] | None:
        """The lines by key, where there is room for them."""
        return next((panel for panel in self.panels if panel.id == "latency-keys"), super().drilled)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield ChartPanel(id="latency-chart")
        yield HeatPanel()
        yield BucketPanel()
        yield PerKeyPanel()
        yield SlowestPanel()


LAYOUT = """
LatencyView { layout: grid; grid-size: 3 3; grid-columns: 1fr 1fr 1fr; grid-rows: 1fr 1fr 1fr; }
#latency-chart, #latency-heat { column-span: 3; }
.-narrow LatencyView { grid-size: 1 2; grid-columns: 1fr; grid-rows: 1fr 1fr; }
.-narrow #latency-chart, .-narrow #latency-heat { column-span: 1; }
.-narrow #latency-keys, .-narrow #latency-buckets, .-narrow #latency-slowest { display: none; }
.-little LatencyView { grid-size: 1; grid-columns: 1fr; grid-rows: 1fr; }
.-little LatencyView .panel { column-span: 1; display: none; }
.-little #latency-chart { display: block; }
"""
ROW = ViewRow("latency", "Latency", "Lat", "histograms, percentiles, heat map", LatencyView, LAYOUT)
