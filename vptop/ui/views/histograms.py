# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panels that draw a histogram have in common: which one, of which seconds, in which scale."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import accumulate
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Offset
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE
from vptop.export.shown import Cell, Table
from vptop.model.buckets import BucketHistory, central, summed
from vptop.model.cause import of_row, slowest
from vptop.model.filterexpr import Filter
from vptop.model.fold import SPANS, kept
from vptop.model.histogram import PERCENTILES, Bucket, Histogram, histogram, of_counts
from vptop.model.keyfilter import KeyFilter
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, bindings, key_of
from vptop.ui.render import latency, numbers
from vptop.ui.render.columns import change_cell, share_cell
from vptop.ui.render.fit import width_of
from vptop.ui.views.latencies import (
    Latencies,
    chosen,
    ends_of,
    in_box,
    match_later,
    settle,
    share_filter,
    unit_of,
)
from vptop.ui.widgets.leads import Drill, Lead, probe_leads, why_leads
from vptop.ui.widgets.lines import LIST, LinePanel
from vptop.ui.worker import Worker

NO_HISTOGRAM = "no histogram; load a script whose aggregate has buckets as its first key"
FRAME = 4
"""Cells of a title that its digit and the corners take."""
STILL = 10
"""Frames whose buckets the axis has at least, without outliers, so that it does not jump with each second."""
HISTOGRAM = Scope(
    "Histograms",
    (
        Action(
            "histogram.span", "w", "span", "numbers of 1 s, of 10 s or 60 s (moving averages), or of all kept", "Span"
        ),
        Action("histogram.rate", "S", "rate", "counts, or counts per second", "Count/s"),
        Action("histogram.scale", "L", "scale", "logarithmic or linear buckets", "Log/lin"),
        Action("histogram.lines", "t", "lines", "over time: heat map or percentiles", "Heat/lines"),
    ),
)


class HistogramPanel(LinePanel[Strip], Latencies):
    """A panel of lines drawn from the buckets of some seconds; `w`, `S`, `L` and `t` change what all of a view show."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(HISTOGRAM)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (LIST, HISTOGRAM)
    empty = NO_HISTOGRAM

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None) -> None:  # noqa: A002
        LinePanel.__init__(self, title, digit=digit, id=id)
        Latencies.__init__(self)
        self.aggregate = NO_AGGREGATE
        self.history = BucketHistory()
        self._worker = Worker(self)

    def set_filter(self, chosen: Filter) -> None:
        """Show only the rows that pass, in all panels of latencies."""
        share_filter(self, chosen)

    def accept(self, chosen: Filter, keys: KeyFilter) -> None:
        """Count the rows that pass alone; a picture has no numbers of its own that could pass."""
        self.keys, self.history = keys, BucketHistory(keys)
        LinePanel.set_filter(self, keys.filter)

    def update_rows(self) -> None:
        """Count again; what takes long is counted in a thread."""
        super().update_rows()
        if self.moment is not None:
            match_later(self, self.moment, self.keys, self._worker)

    def histogram(self, moment: Moment, least_frames: int = STILL) -> Histogram:
        """The last seconds, over the buckets of at least STILL, so that few seconds move the axis; or the box."""
        self.aggregate = chosen(moment, self.aggregate)
        steps = moment.hint(self.aggregate).steps
        if self.box is not None:
            return of_counts(self.box.counts(moment, self.history, self.aggregate), steps)
        frames = kept(moment, self.frames)
        span = self.history.span(moment, self.aggregate, max(frames, least_frames))
        return of_counts(summed(span[-frames:]), steps, over=central(summed(span)))

    def baseline(self, moment: Moment) -> Histogram | None:
        """The histogram of the baseline's second; None when nothing is compared, or it is not there."""
        comparison = moment.compared(self.aggregate)
        if comparison is None:
            return None
        steps = moment.hint(self.aggregate).steps
        if self.keys:
            return of_counts(self.history.counts(moment, comparison.baseline) or {}, steps)
        return histogram(comparison.baseline, interval=True, steps=steps)

    def table(self) -> Table:
        """The buckets that were hit with their counts and shares; compared, with the changes of these in points."""
        if self.moment is None:
            return super().table()
        found, before = self.histogram(self.moment, least_frames=1), self.baseline(self.moment)
        hit, seconds = [bucket for bucket in found.buckets if bucket.count], self.seconds(self.moment)
        upto = accumulate(bucket.count for bucket in hit)
        last = (
            [share_cell(counted / found.count) for counted in upto]
            if before is None
            else [change_cell(change) for change in latency.changes(found, before)]
        )
        rows = (
            (*ends_of(bucket), Cell(self.counted(rate), rate), share_cell(bucket.count / found.count), cell)
            for bucket, cell in zip(hit, last, strict=True)
            for rate in (bucket.count / seconds,)
        )
        titles = ("CNT/S" if self.per_second else "COUNT", "%", "CUM%" if before is None else "Δ%")
        return Table(self.title_text(), (*self.end_titles(), *titles), tuple(rows))

    def end_titles(self) -> tuple[str, str]:
        """Of the columns of a file that have the ends of buckets."""
        return f"FROM {self.unit}".rstrip(), f"BELOW {self.unit}".rstrip()

    def copies(self) -> Sequence[tuple[str, str]]:
        """What is under the mouse, and the percentiles."""
        found = self.histogram(self.moment) if self.moment else Histogram()
        percentiles = [(f"p{one} {self.unit}".strip(), str(found.percentile(one))) for one in PERCENTILES]
        under = self.hovered()
        return [*([("bucket", under)] if under else []), *(percentiles if found.count else [])]

    @property
    def unit(self) -> str:
        """The unit of the buckets."""
        return unit_of(self.moment, self.aggregate) if self.moment and self.aggregate.name else ""

    def range_of(self, bucket: Bucket) -> str:
        """A bucket in words."""
        return f"{numbers.axis(bucket.low)}–{numbers.axis(bucket.high)} {self.unit}".rstrip()

    def hovered(self) -> str:
        """What is under the mouse, in words."""
        return ""

    def explain_empty(self) -> str:
        """Whether there is no histogram, none of these seconds, or no place to draw it."""
        if self.moment is None or not self.aggregate.name:
            return super().explain_empty()
        if not self.histogram(self.moment, least_frames=1).count:
            return self.nothing
        return f"too few lines to draw it; {key_of(self.app, 'panel.zoom')} shows this panel alone"

    def spots(self) -> Sequence[tuple[Offset, Callable[[], object]]]:
        """Its lines are parts of a picture."""
        return ()

    def on_resize(self) -> None:
        """Lines are drawn for a size."""
        self.update_rows()

    def draw(self, row: Strip, index: int, width: int, *, cursor: bool) -> Strip:
        """A line, as it was drawn."""
        return row.crop(0, width)

    def key(self, row: Strip) -> Hashable:
        """Lines are not followed."""
        return None

    @property
    def axes(self) -> str:
        """What the axes of the picture are."""
        return f"{'count/s' if self.per_second else 'count'} by {self.unit or 'bucket'}"

    def title_text(self) -> str:
        """With what the axes are; where that does not fit, with the unit."""
        named = self.of_keys(self.named())
        whole = f"{named}: {self.axes}" if self.unit or self.per_second else named
        return whole if not self.size or width_of(whole) + FRAME <= self.size.width else f"{named}, {self.unit}"

    def named(self) -> str:
        """What the picture is of."""
        return self.heading

    def status(self) -> str:
        """What is under the mouse, else where the numbers come from."""
        if under := self.hovered():
            return under
        if not self.moment or not self.aggregate.name:
            return ""
        counting = " · counting…" if self.keys.busy else ""
        scale = " · linear" if self.linear and "linear" in self.heeds else ""
        return f"{self.subject()}{scale}{counting}"

    def subject(self) -> str:
        """Where the numbers come from, and of which seconds and buckets."""
        if self.moment is None or not self.aggregate.name:
            return ""
        return f"{clean(self.moment.label(self.aggregate))} · {in_box(self.moment, self.box, self.frames)}"

    def clear(self) -> None:
        """No filter, and all of the heat map."""
        super().clear()
        settle(self, box=None)

    def leads(self) -> Sequence[Lead]:
        """The rows, and the probes that count."""
        if self.moment is None or not self.aggregate.name:
            return ()
        label = clean(self.moment.label(self.aggregate))
        rows = Lead(f"rows of {label}", Drill("aggregates", "", label, self.aggregate))
        passes = partial(self.keys.passes, self.moment, self.aggregate, left_out=frozenset())
        found = slowest(self.moment, self.aggregate, self.frames, passes)
        if found is None:
            return [rows, *probe_leads(self.moment, self.aggregate)]
        cause = of_row(found[0], self.aggregate, found[1])
        return [rows, *why_leads(cause, "the slowest of these"), *probe_leads(self.moment, self.aggregate)]

    def action_span(self) -> None:
        """Histogram of the next longer span."""
        settle(self, frames=SPANS[(SPANS.index(self.frames) + 1) % len(SPANS)])

    def action_rate(self) -> None:
        """Counts, or counts per second of the span."""
        settle(self, per_second=not self.per_second)

    def action_scale(self) -> None:
        """Logarithmic or linear buckets."""
        settle(self, linear=not self.linear)

    def action_lines(self) -> None:
        """Heat map or percentiles over time."""
        settle(self, lines=not self.lines)
