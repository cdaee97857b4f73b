# SPDX-License-Identifier: GPL-2.0-or-later
"""Latencies: a histogram with percentiles, a heat map over time, buckets in numbers, a line for each key."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.buckets import BucketHistory, summed
from vptop.model.histogram import Histogram, of_counts
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import latency
from vptop.ui.render.fit import strip
from vptop.ui.views.latency_keys import PerKeyPanel
from vptop.ui.views.latency_slowest import SlowestPanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Drill, Lead, probe_leads
from vptop.ui.widgets.lines import LIST, LinePanel

NO_HISTOGRAM = "no histogram; load a script whose aggregate has buckets as its first key"
SPANS = (1, 10, 60)
"""Seconds that a histogram may cover."""
HISTOGRAM = Scope(
    "Histograms",
    (
        Action("histogram.span", "w", "span", "histogram of 1 s, 10 s or 60 s", "Span"),
        Action("histogram.scale", "L", "scale", "logarithmic or linear buckets", "Log/lin"),
        Action("histogram.lines", "t", "lines", "over time: heat map or percentiles", "Heat/lines"),
    ),
)


def chosen(moment: Moment, before: AggregateId) -> AggregateId:
    """The aggregate to show: the first that looks like a histogram, the one shown before while there is none."""
    return moment.first(Kind.HISTOGRAM) or before


def unit_of(moment: Moment, aggregate: AggregateId) -> str:
    """The unit of its buckets: as hinted, microseconds where a disk's completion feeds it."""
    unit = clean(moment.hint(aggregate).unit) or ("us" if "Disk_IOFinish" in moment.fed_by(aggregate) else "")
    return "µs" if unit == "us" else unit


class HistogramPanel(LinePanel[Strip]):
    """A panel of lines drawn from the buckets of some seconds; `w`, `L` and `t` change what all of a view show."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(HISTOGRAM)]
    SCOPES = (LIST, HISTOGRAM)
    empty = NO_HISTOGRAM

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None) -> None:  # noqa: A002
        super().__init__(title, digit=digit, id=id)
        self.aggregate = NO_AGGREGATE
        self.frames = SPANS[0]
        self.linear = False
        self.lines = False
        """whether what is shown over time is percentiles as lines, not a heat map"""
        self.history = BucketHistory()

    def histogram(self, moment: Moment, least_frames: int = SPANS[-1]) -> Histogram:
        """The last seconds, over all buckets that the last minute used, so that the axis keeps still."""
        self.aggregate = chosen(moment, self.aggregate)
        span = self.history.span(moment, self.aggregate, max(self.frames, least_frames))
        steps = moment.hint(self.aggregate).steps
        return of_counts(summed(span[-self.frames :]), steps, over=summed(span))

    def on_resize(self) -> None:
        """Lines are drawn for a size."""
        self.update_rows()

    def draw(self, row: Strip, index: int, width: int, *, cursor: bool) -> Strip:
        """A line, as it was drawn."""
        return row.crop(0, width)

    def key(self, row: Strip) -> Hashable:
        """Lines are not followed."""
        return None

    def title_text(self) -> str:
        """With the unit."""
        unit = unit_of(self.moment, self.aggregate) if self.moment and self.aggregate.name else ""
        return f"{self.heading} ({unit})" if unit else self.heading

    def status(self) -> str:
        """Where the numbers come from."""
        if not self.moment or not self.aggregate.name:
            return ""
        span = "this second" if self.frames == 1 else f"{self.frames} s"
        return f"{clean(self.moment.label(self.aggregate))} · {span}{' · linear' if self.linear else ''}"

    def leads(self) -> Sequence[Lead]:
        """The rows, and the probes that count."""
        if self.moment is None or not self.aggregate.name:
            return ()
        label = clean(self.moment.label(self.aggregate))
        rows = Lead(f"rows of {label}", Drill("aggregates", "", label, self.aggregate))
        return [rows, *probe_leads(self.moment, self.aggregate)]

    def action_span(self) -> None:
        """Histogram of the next longer span."""
        self._for_all(frames=SPANS[(SPANS.index(self.frames) + 1) % len(SPANS)])

    def action_scale(self) -> None:
        """Logarithmic or linear buckets."""
        self._for_all(linear=not self.linear)

    def action_lines(self) -> None:
        """Heat map or percentiles over time."""
        self._for_all(lines=not self.lines)

    def _for_all(self, *, frames: int | None = None, linear: bool | None = None, lines: bool | None = None) -> None:
        for panel in self.screen.query(HistogramPanel):
            panel.frames = panel.frames if frames is None else frames
            panel.linear = panel.linear if linear is None else linear
            panel.lines = panel.lines if lines is None else lines
            panel.update_rows()


class ChartPanel(HistogramPanel):
    """The chart and its percentiles."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Disk latency", digit=4, id=id)

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """Draw the chart into the size there is."""
        found = self.histogram(moment)
        width, height = self.inner_width, self.size.height - 1
        lines = latency.chart(found, width, height, self.palette, linear=self.linear)
        if found.count:
            unit = unit_of(moment, self.aggregate)
            lines.append(strip(latency.percentiles(found, unit, self.palette, width), width))
        return lines


class HeatPanel(HistogramPanel):
    """Seconds from left to right: buckets from bottom to top, or percentiles as lines."""

    def __init__(self) -> None:
        super().__init__("Latency over time", id="latency-heat")

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """Draw as many seconds as fit."""
        self.aggregate = chosen(moment, self.aggregate)
        span = self.history.span(moment, self.aggregate, max(1, self.inner_width))
        steps, width, height = moment.hint(self.aggregate).steps, self.inner_width, self.size.height
        if self.lines:
            seconds = [None if counts is None else of_counts(counts, steps) for counts in span]
            return latency.percentile_chart(seconds, width, height, self.palette, linear=self.linear)
        return latency.heat_chart(of_counts(summed(span), steps), span, width, height, self.palette)

    def status(self) -> str:
        """Where the numbers come from."""
        return clean(self.moment.label(self.aggregate)) if self.moment and self.aggregate.name else ""


class BucketPanel(HistogramPanel):
    """The buckets in numbers: range, bar, count, share, share so far."""

    header_height = 1

    def __init__(self) -> None:
        super().__init__("Buckets", id="latency-buckets")

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """The buckets that were hit, in order, with a line where empty ones are left out."""
        found, unit = self.histogram(moment, least_frames=1), unit_of(moment, self.aggregate)
        return latency.bucket_rows(found, self.inner_width, self.palette, unit)

    def draw_header(self, line: int, width: int) -> Strip:
        """Column titles."""
        return latency.bucket_header(width, self.palette)


class LatencyView(View):
    """Chart and heat map above, numbers below."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (HISTOGRAM,)

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
LatencyView { layout: grid; grid-size: 3 3; grid-columns: 5fr 4fr 3fr; grid-rows: 1fr 1fr 1fr; }
#latency-chart, #latency-heat { column-span: 3; }
.-narrow LatencyView { grid-size: 1 2; grid-columns: 1fr; grid-rows: 1fr 1fr; }
.-narrow #latency-chart, .-narrow #latency-heat { column-span: 1; }
.-narrow #latency-keys, .-narrow #latency-buckets, .-narrow #latency-slowest { display: none; }
"""
ROW = ViewRow("latency", "Latency", "Lat", "histograms, percentiles, heat map", LatencyView, LAYOUT)
