# SPDX-License-Identifier: GPL-2.0-or-later
"""A histogram as a chart, as rows of bars, and as percentiles."""

from __future__ import annotations

from textual.strip import Strip

from vptop.model.histogram import PERCENTILES, Histogram
from vptop.ui.render import bars, numbers, plot
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.render.palette import Palette

LOWEST_CHART = 4


def chart(histogram: Histogram, width: int, height: int, palette: Palette) -> list[Strip]:
    """Upright bars, one for each bucket, labelled with its lower end."""
    if not histogram.buckets or height < LOWEST_CHART:
        return []
    buckets = histogram.buckets
    most = max(1, (width - 6) // plot.NARROWEST)
    while len(buckets) > most:  # too many for the width: the emptier end goes
        buckets = buckets[1:] if buckets[0].count <= buckets[-1].count else buckets[:-1]
    lines = plot.columns_chart(
        [numbers.bucket(bucket.low) for bucket in buckets], [bucket.count for bucket in buckets], width, height
    )
    return [_coloured(line, width, palette) for line in lines]


def _coloured(line: str, width: int, palette: Palette) -> Strip:
    pieces: list[Piece] = []
    for char in line:
        style = palette.bar if char in plot.BLOCKS else palette.dim
        if pieces and pieces[-1][1] is style:
            pieces[-1] = (pieces[-1][0] + char, style)
        else:
            pieces.append((char, style))
    return strip(pieces, width)


def percentiles(histogram: Histogram, unit: str, palette: Palette) -> list[Piece]:
    """`p50 96  p90 1.9k  p99 14.2k  n 14097`."""
    pieces: list[Piece] = []
    for percent in PERCENTILES:
        pieces += [(f" p{percent} ", palette.dim), (numbers.short(histogram.percentile(percent)), palette.strong)]
    pieces += [(f" {unit}" if unit else "", palette.dim), ("  n ", palette.dim)]
    pieces.append((numbers.count(histogram.count), palette.strong))
    return pieces


def bucket_row(histogram: Histogram, index: int, width: int, palette: Palette, unit: str) -> Strip:
    """One bucket: its range, a bar, its count, its share, and the share up to and with it."""
    bucket = histogram.buckets[index]
    most = max(one.count for one in histogram.buckets)
    upto = sum(one.count for one in histogram.buckets[: index + 1])
    label = f"{numbers.bucket(bucket.low)}–{numbers.bucket(bucket.high)}{' ' + unit if unit else ''}"
    room = max(4, width - 16 - 8 - 8 - 8 - 3)
    return strip(
        [
            (fit(label, 15, ">"), palette.dim),
            (" │", palette.dim),
            (bars.bar(bucket.count / most if most else 0, room), palette.bar),
            (fit(numbers.count(bucket.count), 8, ">"), palette.strong),
            (fit(numbers.percent(bucket.count / histogram.count if histogram.count else 0), 8, ">"), palette.text),
            (fit(numbers.percent(upto / histogram.count if histogram.count else 0), 8, ">"), palette.dim),
        ],
        width,
    )
