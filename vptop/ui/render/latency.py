# SPDX-License-Identifier: GPL-2.0-or-later
"""A histogram as a chart, as a heat map and as percentiles over time, as rows of bars, and as percentiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.strip import Strip

from vptop.model.histogram import PERCENTILES, Bucket, Histogram
from vptop.ui.render import bars, heat, numbers, plot
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.render.palette import Palette

LOWEST_CHART = 4
LEAST_CELLS = 2
"""Cells of a bar of the chart; buckets share a bar where there are too many."""
MARGIN = 8
"""About the width of the value axis."""


def chart(histogram: Histogram, width: int, height: int, palette: Palette, *, linear: bool = False) -> list[Strip]:
    """Upright bars over the whole width, one for each bucket or for some together, labelled with their lower ends."""
    if not histogram.count or height < LOWEST_CHART:
        return []
    most = max(1, (width - MARGIN) // LEAST_CELLS)
    buckets = even(histogram, most) if linear else merged(histogram.buckets, most)
    labels = [numbers.axis(bucket.low) for bucket in buckets]
    return plot.columns_chart(labels, [bucket.count for bucket in buckets], width, height, palette)


def merged(buckets: Sequence[Bucket], most: int) -> list[Bucket]:
    """At most so many buckets: each is as many neighbours together as it takes."""
    each = -(-len(buckets) // most) if buckets else 1
    groups = [buckets[at : at + each] for at in range(0, len(buckets), each)]
    return [Bucket(group[0].low, group[-1].high, sum(one.count for one in group)) for group in groups]


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


def heat_chart(
    whole: Histogram, span: Sequence[Mapping[int, int] | None], width: int, height: int, palette: Palette
) -> list[Strip]:
    """Buckets from bottom to top, seconds from left to right, and what the shades mean.

    Args:
        whole: the buckets of all these seconds.
        span: counts by lower end of each second, oldest first; None where nothing is known.
        width: cells across.
        height: lines.
        palette: styles.
    """
    rows = height - 2
    if not whole.count or rows < 1:
        return []
    groups = merged(whole.buckets, rows)
    labels = [numbers.axis(bucket.low) for bucket in groups]
    margin = max(map(len, labels))
    room = max(0, width - margin - 1)
    shown = list(span)[-room:] if room else []
    values = [[None if counts is None else _within(counts, bucket) for counts in shown] for bucket in groups]
    peak = max((value for row in values for value in row if value), default=0.0)
    lines = heat.heat_map(list(zip(labels, values, strict=True))[::-1], width, palette, top=peak)
    return [*lines, heat.time_axis(margin, len(shown), width, palette), heat.legend(peak, width, palette)]


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
    lines = plot.line_chart(series, width, height - 1, palette, styles=styles, logarithmic=not linear)
    legend: list[Piece] = []
    for percent, style in zip(PERCENTILES, styles, strict=True):
        legend += [("── ", style), (f"p{percent}  ", palette.dim)]
    return [*lines, strip(legend, width)]


def _within(counts: Mapping[int, int], bucket: Bucket) -> float:
    return float(sum(count for low, count in counts.items() if bucket.low <= low < bucket.high))


def percentiles(histogram: Histogram, unit: str, palette: Palette, width: int) -> list[Piece]:
    """`p50 96 p90 1.9k p99 14.2k p99.9 17.8k max 18.0k µs  n 14097`, with as many percentiles as fit."""
    values = {f"p{percent}": histogram.percentile(percent) for percent in PERCENTILES} | {"max": histogram.max}
    end = [(f" {unit}" if unit else "", palette.dim), ("  n ", palette.dim)]
    end.append((numbers.count(histogram.count), palette.strong))
    for left_out in ((), ("p99.9",), ("p99.9", "p90"), ("p99.9", "p90", "max")):
        pieces: list[Piece] = []
        for name, value in values.items():
            if name not in left_out:
                pieces += [(f" {name} ", palette.dim), (numbers.short(value), palette.strong)]
        pieces += end
        if sum(width_of(text) for text, _ in pieces) <= width:
            break
    return pieces


def bucket_header(width: int, palette: Palette) -> Strip:
    """Titles of the rows of buckets."""
    text = fit("RANGE", 15, ">") + " " * max(0, width - 15 - 24 - 1)
    return strip([(text + fit("COUNT", 8, ">") + fit("%", 8, ">") + fit("%≤", 8, ">"), palette.header)], width)


def bucket_rows(histogram: Histogram, width: int, palette: Palette, unit: str) -> list[Strip]:
    """The buckets that were hit, in order; dots stand for empty ones between them."""
    lines: list[Strip] = []
    upto, gap = 0, False
    most = max((one.count for one in histogram.buckets), default=0)
    for bucket in histogram.buckets:
        if not bucket.count:
            gap = bool(lines)
            continue
        if gap:
            lines.append(strip([(fit("…", 14, ">"), palette.dim)], width))
        upto, gap = upto + bucket.count, False
        lines.append(_bucket_row(bucket, upto, histogram.count, most, width, palette, unit))
    return lines


def _bucket_row(bucket: Bucket, upto: int, whole: int, most: int, width: int, palette: Palette, unit: str) -> Strip:
    """One bucket: its range, a bar, its count, its share, and the share up to and with it."""
    label = f"{numbers.axis(bucket.low)}–{numbers.axis(bucket.high)}{' ' + unit if unit else ''}"
    room = max(4, width - 15 - 2 - 24 - 1)
    return strip(
        [
            (fit(label, 15, ">"), palette.dim),
            (" │", palette.dim),
            (bars.bar(bucket.count / most, room), palette.bar),
            (fit(numbers.count(bucket.count), 8, ">"), palette.strong),
            (fit(numbers.percent(bucket.count / whole), 8, ">"), palette.text),
            (fit(numbers.percent(upto / whole), 8, ">"), palette.dim),
        ],
        width,
    )
