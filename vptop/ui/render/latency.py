# SPDX-License-Identifier: GPL-2.0-or-later
"""A histogram as a chart, as a heat map and as percentiles over time, as rows of bars, and as percentiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from textual.strip import Strip

from vptop.model.histogram import PERCENTILES, Bucket, Histogram
from vptop.ui.render import bars, heat, numbers, plot
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.render.palette import Palette

LOWEST_CHART = 4
MOST_ACROSS = 6
"""Cells of a second in the heat map, where few seconds are known."""
LEAST_CELLS = 2
"""Cells of a bar of the chart; buckets share a bar where there are too many."""
MARGIN = 8
"""About the width of the value axis."""


class Chart(NamedTuple):
    """A histogram as a picture."""

    lines: list[Strip]
    buckets: Sequence[Bucket]
    """one for each bar"""
    bars: plot.Bars

    def at(self, x: int) -> Bucket | None:
        """The bucket, or the buckets together, whose bar is in a column of cells."""
        found = self.bars.at(x)
        return None if found is None else self.buckets[found]


NO_CHART = Chart([], (), plot.Bars([], []))


def chart(
    histogram: Histogram,
    width: int,
    height: int,
    palette: Palette,
    *,
    linear: bool = False,
    unit: str = "",
    seconds: float = 1.0,
) -> Chart:
    """Upright bars over the whole width, one for each bucket or for some together, labelled with their lower ends.

    Args:
        histogram: what was counted.
        width: cells across.
        height: lines.
        palette: styles.
        linear: bars stand for buckets of one width.
        unit: of the buckets.
        seconds: what counts are divided by.
    """
    if not histogram.count or height < LOWEST_CHART:
        return NO_CHART
    most = max(1, (width - MARGIN) // LEAST_CELLS)
    buckets = even(histogram, most) if linear else merged(histogram.buckets, most)
    labels = [numbers.axis(bucket.low) for bucket in buckets]
    heights = [bucket.count / seconds for bucket in buckets]
    bars = plot.columns_chart(labels, heights, width, height, palette, unit=unit)
    return Chart(bars.lines, buckets, bars)


def merged(buckets: Sequence[Bucket], most: int) -> list[Bucket]:
    """At most so many buckets: each is as many neighbours together as it takes.

    Those of several octaves begin at powers of two, and at equal parts of the octaves.
    """
    if not buckets:
        return []
    cuts = [0]
    if most > 1:
        powers = [at for at, one in enumerate(buckets) if one.low.bit_count() == 1]
        octave = powers[-1] - powers[-2] if len(powers) > 1 else 1
        fitting = (each for each in count(1) if octave % each == 0 or each % octave == 0)
        every = (_cuts(len(buckets), powers[-1] if powers else 0, each) for each in fitting)
        cuts = next(cuts for cuts in every if len(cuts) <= most)
    groups = [buckets[at:end] for at, end in zip(cuts, [*cuts[1:], len(buckets)], strict=True)]
    return [Bucket(group[0].low, group[-1].high, sum(one.count for one in group)) for group in groups]


def _cuts(size: int, at: int, each: int) -> list[int]:
    """Where groups of so many begin, one of them there, the first, which may be smaller, at 0."""
    first = at % each
    return [*([0] if first else []), *range(first, size, each)]


def even(histogram: Histogram, most: int) -> list[Bucket]:
    """Buckets of one width from 0 to the last; the count of one that spans several is spread evenly over them."""
    last = max(bucket.high for bucket in histogram.buckets if bucket.count)
    step = next(s * 10**p for p in range(20) for s in (1, 2, 5) if -(-last // (s * 10**p)) <= most)
    counts = [0.0] * -(-last // step)
    for bucket in histogram.buckets:
        if bucket.count:
            for at in range(bucket.low // step, -(-bucket.high // step)):
                shared = min(bucket.high, (at + 1) * step) - max(bucket.low, at * step)
                counts[at] += bucket.count * shared / (bucket.high - bucket.low)
    return [Bucket(at * step, (at + 1) * step, round(count)) for at, count in enumerate(counts)]


class Cell(NamedTuple):
    """A place in a heat map."""

    back: int
    """seconds before the last"""
    bucket: Bucket
    """with what was counted there"""


class HeatChart(NamedTuple):
    """A heat map, and where its cells are."""

    lines: list[Strip]
    buckets: Sequence[Bucket]
    """of each line from the top; higher buckets come first, and some take several lines"""
    span: Sequence[Mapping[int, int] | None]
    """counts of the seconds shown, oldest first"""
    width: int
    each: int = 1
    """cells across of a second"""

    @property
    def left(self) -> int:
        """Where the seconds begin."""
        return self.width - len(self.span) * self.each

    def of_second(self, x: int) -> tuple[int, int]:
        """The first and the last cell of the second that a cell belongs to."""
        right = self.width - 1 - (self.width - 1 - x) // self.each * self.each
        return right - self.each + 1, right

    def at(self, x: int, y: int) -> Cell | None:
        """The cell at a place."""
        back = (self.width - 1 - x) // self.each
        if not (0 <= y < len(self.buckets) and 0 <= back < len(self.span)):
            return None
        bucket = self.buckets[y]
        return Cell(back, replace(bucket, count=round(_within(self.span[-1 - back] or {}, bucket))))


RANGE, SHORT_RANGE, BESIDE_RANGE = 15, 12, 30
"""Cells of the range of a bucket with its unit and without, and those that its bar and figures need."""
NO_HEAT = HeatChart([], (), (), 0)


def heat_chart(
    whole: Histogram, span: Sequence[Mapping[int, int] | None], width: int, height: int, palette: Palette
) -> HeatChart:
    """Buckets from bottom to top over the whole height, seconds from left to right, and what the shades mean.

    Args:
        whole: the buckets of all these seconds.
        span: counts by lower end of each second, oldest first; None where nothing is known.
        width: cells across.
        height: lines.
        palette: styles.
    """
    rows = height - 2
    if not whole.count or rows < 1:
        return NO_HEAT
    groups = merged(whole.buckets, rows)
    margin = max(len(numbers.axis(bucket.low)) for bucket in groups)
    each, shown = _across(span, max(0, width - margin - 1))
    values = [[None if counts is None else _within(counts, bucket) for counts in shown] for bucket in groups]
    peak = max((value for row in values for value in row if value), default=0.0)
    which = [line * len(groups) // rows for line in range(rows)]  # from the bottom
    labels = [
        numbers.axis(groups[group].low) if not line or which[line - 1] != group else ""
        for line, group in enumerate(which)
    ]
    drawn = [(label, values[group]) for label, group in zip(labels, which, strict=True)][::-1]
    lines = [
        *heat.heat_map(drawn, width, palette, top=peak, each=each),
        heat.time_axis(margin, len(shown), width, palette, each),
        heat.legend(peak, width, palette, note="labels are lower ends" if len(groups) > 1 else ""),
    ]
    return HeatChart(lines, [groups[group] for group in which[::-1]], shown, width, each)


def _across(span: Sequence[Mapping[int, int] | None], room: int) -> tuple[int, Sequence[Mapping[int, int] | None]]:
    """Cells for each second, so that those with counts fill the room, and the seconds that fit."""
    known = next((len(span) - at for at, counts in enumerate(span) if counts is not None), 1)
    each = max(1, min(MOST_ACROSS, room // known))
    fitting = room // each
    return each, list(span)[-fitting:] if fitting else []


def percentile_chart(
    span: Sequence[Histogram | None], width: int, height: int, palette: Palette, *, linear: bool
) -> list[Strip]:
    """Each percentile as a line over the seconds, and which line is which.

    Args:
        span: the histogram of each second, oldest first; None where nothing is known.
        width: cells across.
        height: lines.
        palette: styles.
        linear: the value axis begins at 0 and is linear, otherwise it is logarithmic.
    """
    if height < LOWEST_CHART or not any(one and one.count for one in span):
        return []
    series = [
        [float(one.percentile(percent)) if one and one.count else None for one in span] for percent in PERCENTILES
    ]
    styles = (palette.good, palette.accent, palette.warn, palette.bad)
    names = [f"p{percent}" for percent in PERCENTILES]
    lines = plot.line_chart(series, width, height - 1, palette, styles=styles, names=names, logarithmic=not linear)
    legend: list[Piece] = []
    for glyph, name, style in zip(plot.MARKS, names, styles, strict=False):
        legend += [(f"─{glyph}─ ", style), (f"{name}  ", palette.dim)]
    return [*lines, strip(legend, width)]


def _within(counts: Mapping[int, int], bucket: Bucket) -> float:
    return float(sum(count for low, count in counts.items() if bucket.low <= low < bucket.high))


def percentiles(
    histogram: Histogram, unit: str, palette: Palette, width: int, before: Histogram | None = None
) -> list[Piece]:
    """`p50 96 p90 1.9k p99 14.2k p99.9 17.8k max 18.0k µs  n 14097`, with as many percentiles as fit.

    With `before`, the histogram of the baseline, each is followed by its growth.
    """
    values, then = _values(histogram), _values(before or Histogram())
    for left_out in ((), ("p99.9",), ("p99.9", "p90"), ("p99.9", "p90", "max"), ("p99.9", "p90", "max", "n")):
        pieces: list[Piece] = []
        for name, value in values.items():
            if name not in left_out:
                pieces += [(f" {name} ", palette.dim), (numbers.short(value), palette.strong)]
                pieces += _growth(value, then[name], palette) if before else []
        pieces.append((f" {unit}" if unit else "", palette.dim))
        if "n" not in left_out:
            pieces += [("  n ", palette.dim), (numbers.count(histogram.count), palette.strong)]
        if sum(width_of(text) for text, _ in pieces) <= width:
            break
    return pieces


def _values(histogram: Histogram) -> dict[str, int]:
    return {f"p{percent}": histogram.percentile(percent) for percent in PERCENTILES} | {"max": histogram.max}


def _growth(value: int, before: int, palette: Palette) -> list[Piece]:
    """By how much a value has grown, with its sign; nothing where there was nothing."""
    if not before:
        return []
    ratio = value / before - 1
    style = palette.warn if ratio > 0 else palette.accent if ratio < 0 else palette.dim
    return [(f" {numbers.growth(ratio)}", style)]


def bucket_header(width: int, palette: Palette, *, compared: bool = False, per_second: bool = False) -> Strip:
    """Titles of the rows of buckets."""
    cells = _number_cells(width)
    left = _range_cells(width)
    text = fit("RANGE", left, ">") + " " * max(0, width - left - 3 * cells - 1)
    titles = ("CNT/S" if per_second else "COUNT", "%", "Δ%" if compared else "CUM%")
    return strip([(text + "".join(fit(title, cells, ">") for title in titles), palette.header)], width)


def _number_cells(width: int) -> int:
    """Of each of the three columns of numbers."""
    return 8 if width >= 46 else 7


def _range_cells(width: int) -> int:
    """Of the column of ranges: where there is little room, they are without the unit, which the title has."""
    return RANGE if width >= RANGE + BESIDE_RANGE else SHORT_RANGE


def bucket_rows(
    histogram: Histogram,
    width: int,
    palette: Palette,
    unit: str,
    before: Histogram | None = None,
    seconds: float | None = None,
) -> list[Strip]:
    """The buckets that were hit, in order; dots stand for empty ones between them.

    With `before`, the histogram of the baseline, the last column is the change of their share in percentage points.
    With `seconds`, the guest seconds that the histogram is of, counts are per second.
    """
    changed = iter(changes(histogram, before)) if before is not None else None
    lines: list[Strip] = []
    upto, gap = 0, False
    most = max((one.count for one in histogram.buckets), default=0)
    for bucket in histogram.buckets:
        if not bucket.count:
            gap = bool(lines)
            continue
        if gap:
            lines.append(strip([(fit("…", _range_cells(width) - 1, ">"), palette.dim)], width))
        upto, gap = upto + bucket.count, False
        share = bucket.count / histogram.count
        last = (numbers.percent(upto / histogram.count), palette.dim)
        if changed is not None:
            change = next(changed)
            style = palette.warn if change > 0 else palette.accent if change < 0 else palette.dim
            last = (numbers.points(change), style)
        count = numbers.count(bucket.count) if seconds is None else numbers.rate(bucket.count / seconds)
        figures = ((count, palette.strong), (numbers.percent(share), palette.text), last)
        lines.append(_bucket_row(bucket, bucket.count / most, figures, width, palette, unit))
    return lines


def changes(histogram: Histogram, before: Histogram) -> list[float]:
    """By how much the share of each bucket that was hit has grown since the baseline, from -1 to 1."""
    shares = {one.low: one.count / before.count for one in before.buckets} if before.count else {}
    return [one.count / histogram.count - shares.get(one.low, 0.0) for one in histogram.buckets if one.count]


def _bucket_row(
    bucket: Bucket, height: float, figures: Sequence[Piece], width: int, palette: Palette, unit: str
) -> Strip:
    """One bucket: its range, a bar, its figures."""
    left, cells = _range_cells(width), _number_cells(width)
    label = f"{numbers.axis(bucket.low)}–{numbers.axis(bucket.high)}{' ' + unit if unit and left == RANGE else ''}"
    room = max(0, width - left - 2 - 3 * cells - 1)
    return strip(
        [
            (fit(label, left, ">"), palette.dim),
            (" │", palette.dim),
            (bars.bar(height, room), palette.bar),
            *((fit(text, cells, ">"), style) for text, style in figures),
        ],
        width,
    )
