# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panels that draw a histogram have in common: which one, of which seconds, in which scale."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import accumulate
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.geometry import Offset
from textual.strip import Strip
from textual.widget import Widget

from engine.probes.frame import NO_AGGREGATE, AggregateId
from engine.text import escape
from vptop.export.shown import Cell, Table
from vptop.model import units
from vptop.model.box import Box
from vptop.model.buckets import BucketHistory, central, summed
from vptop.model.cause import of_row, slowest, unit_of_values
from vptop.model.fold import SPANS, Folding, in_words, kept, seconds_of
from vptop.model.histogram import PERCENTILES, Bucket, Histogram, histogram, of_counts
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind, stack_columns
from vptop.model.plain import clean
from vptop.model.rows import Key, RawKey
from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings, key_of
from vptop.ui.render import latency, numbers
from vptop.ui.render.columns import ALWAYS, Column, change_cell, share_cell
from vptop.ui.render.fit import width_of
from vptop.ui.widgets.leads import Drill, Lead, probe_leads, why_leads
from vptop.ui.widgets.lines import LIST, LinePanel

R = TypeVar("R")

LONGEST_KEY, LONGEST_STACK, BESIDE_STACK = 40, 400, 16
"""Cells that a key takes at most, a stack, and another key beside a stack."""
FUNCTION = 14
"""Cells that a stack takes at least, which are those of the innermost function."""
NO_HISTOGRAM = "no histogram; load a script whose aggregate has buckets as its first key"
FRAME = 4
"""Cells of a title that its digit and the corners take."""
STILL = 10
"""Frames whose buckets the axis has at least, without outliers, so that it does not jump with each second."""
NOTHING = "nothing counted in these seconds"
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


def chosen(moment: Moment, before: AggregateId) -> AggregateId:
    """The aggregate to show: the first that looks like a histogram, the one shown before while there is none."""
    return moment.first(Kind.HISTOGRAM) or before


def unit_of(moment: Moment, aggregate: AggregateId) -> str:
    """The unit of its buckets: as hinted, microseconds where a disk's completion feeds it."""
    return units.shown(clean(unit_of_values(moment, aggregate)))


class Latencies:
    """Settings that the panels of latencies share."""

    def __init__(self) -> None:
        self.frames = SPANS[0]
        """of the span"""
        self.per_second = False
        """whether counts are divided by the seconds of the span"""
        self.linear = False
        self.lines = False
        """whether what is shown over time is percentiles as lines, not a heat map"""
        self.box: Box | None = None
        """the part of the heat map that is shown; None: all of it"""

    def seconds(self, moment: Moment) -> float:
        """What counts are divided by: the guest seconds that they are of, or 1 where they are shown as they are."""
        return self.span_seconds(moment) if self.per_second else 1.0

    def span_seconds(self, moment: Moment) -> float:
        """Guest seconds of the span, or of the box; 1 where there are none."""
        last, frames = (self.box.moment(moment), self.box.frames) if self.box else (moment, self.frames)
        return (seconds_of(last, frames) if last else 0.0) or 1.0

    def counted(self, count: float) -> str:
        """A count in the form that is shown."""
        return numbers.rate(count) if self.per_second else numbers.count(round(count))


def settle(panel: Widget, **settings: object) -> None:
    """Change settings of all panels of latencies on a panel's screen; boxes are those of the latency view alone."""
    for one in panel.screen.query(LinePanel):
        if isinstance(one, Latencies) and not (one.summary and "box" in settings):
            for name, value in settings.items():
                setattr(one, name, value)
            one.update_rows()


def in_box(moment: Moment, box: Box | None, frames: int) -> str:
    """Of which seconds and buckets numbers are, in words."""
    if box is None:
        return in_words(moment, frames)
    ago = moment.sequence - box.last
    last = f", {ago} s ago" if ago else ""
    return f"box {numbers.axis(box.low)}–{numbers.axis(box.high)}, {box.frames} s{last}"


def ends_of(bucket: Bucket) -> tuple[Cell, Cell]:
    """The ends of a bucket for a file."""
    return Cell(str(bucket.low), bucket.low), Cell(str(bucket.high), bucket.high)


def key_columns(
    moment: Moment, aggregate: AggregateId, key: Callable[[R], RawKey | Key], left_out: frozenset[int] = frozenset()
) -> list[Column[R]]:
    """A column for each key beside the bucket: a process by its name or number, a stack by its functions.

    Args:
        moment: the newest; rows from before the script was changed may have fewer keys.
        aggregate: which one.
        key: the keys of a row.
        left_out: key columns that the rows do not have.
    """
    if aggregate not in moment.frame.aggregates:
        return []
    data = moment.frame.aggregates[aggregate]
    kept, stacks = Folding(0, left_out).kept(data), stack_columns(moment.measure(aggregate, data))
    shown, texts = Shown.of(moment, aggregate).only(kept), [at - data.integer_keys for at in kept]
    first = len(shown.integers)
    others = BESIDE_STACK if stacks & {*texts} else LONGEST_KEY
    most = [LONGEST_STACK if at in stacks else others for at in texts[first:]]
    return [
        *(
            _key_column(at, shown.titles[at], partial(_integer, at, show, key), others)
            for at, show in enumerate(shown.integers)
            if at
        ),
        *(
            _key_column(first + at, shown.titles[first + at], partial(_string, at, show, key), most[at])
            for at, show in enumerate(shown.strings)
        ),
    ]


def _key_column(at: int, title: str, cell: Callable[[R], str], most: int) -> Column[R]:
    return Column(
        f"key{at}",
        title,
        max(FUNCTION if most == LONGEST_STACK else 6, len(title) + 1),
        cell,
        cell,
        align="<",
        stretch=True,
        most=most,
        ascending=True,
        keep=ALWAYS if at == 1 else 7 if most == LONGEST_STACK else 8 - min(at, 6),
        style=lambda _, palette: palette.strong,
    )


def _integer(at: int, show: Callable[[int], str], key: Callable[[R], RawKey | Key], row: R) -> str:
    integers = key(row)[0]
    return clean(show(integers[at])) if at < len(integers) else ""


def _string(at: int, show: Callable[[str], str] | None, key: Callable[[R], RawKey | Key], row: R) -> str:
    texts = key(row)[1]
    if at >= len(texts):
        return ""
    text = texts[at]
    text = text if isinstance(text, str) else escape(text)
    return show(text) if show else clean(text)


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
        return histogram(comparison.baseline, interval=True, steps=moment.hint(self.aggregate).steps)

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
            return NOTHING
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
        named = self.named()
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
        span = in_box(self.moment, self.box, self.frames)
        return f"{clean(self.moment.label(self.aggregate))} · {span}{' · linear' if self.linear else ''}"

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
        found = slowest(self.moment, self.aggregate, self.frames)
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
