# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts as SVG elements for the report: lines over time, bars of a histogram, call trees as icicles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from vptop.model.histogram import Histogram
from vptop.model.plain import clean
from vptop.model.stacks import Node

WIDTH, HEIGHT = 900, 180
LEFT, BOTTOM, TOP = 64, 24, 10
ROW = 18
"""Height of a call in an icicle."""
LEAST = 0.0015
"""Calls with a smaller share of the samples are left out."""
LETTER = 6.7
"""Width of a letter in a call, about."""
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe and Ito, which are told apart with every kind of colour vision."""
FLAMES = ("#f6c65b", "#f0ad4e", "#e8964a", "#f3d27a", "#dd8452", "#ecc94b")


def line_chart(points: Sequence[tuple[float, float]], unit: str) -> str:
    """A line over guest seconds, from zero up.

    Args:
        points: guest seconds and values, in order of time.
        unit: what the values are, for the tooltip.
    """
    if len(points) < 2:
        return "<p>not enough seconds for a chart</p>"
    first, last = points[0][0], points[-1][0]
    most = max(value for _, value in points) or 1
    across, up = (WIDTH - LEFT) / (last - first or 1), (HEIGHT - TOP - BOTTOM) / most

    def place(at: float, value: float) -> str:
        return f"{LEFT + (at - first) * across:.1f},{HEIGHT - BOTTOM - value * up:.1f}"

    path = " ".join(place(at, value) for at, value in points)
    return _svg(
        HEIGHT,
        *_axes(most, [(LEFT, f"{first:.0f} s"), (WIDTH - 4, f"{last:.0f} s")]),
        f'<polyline points="{path}" fill="none" stroke="{COLORS[0]}" stroke-width="1.5">'
        f"<title>{escape(unit)}, at most {most:,.0f}</title></polyline>",
    )


def bar_chart(histogram: Histogram, unit: str) -> str:
    """A bar for each bucket, whose lower ends are written below where there is room."""
    buckets = histogram.buckets
    most = max(bucket.count for bucket in buckets)
    each = (WIDTH - LEFT) / len(buckets)
    every = max(1, round(60 / each))
    bars = []
    for index, bucket in enumerate(buckets):
        height = bucket.count / most * (HEIGHT - TOP - BOTTOM)
        bars.append(
            f'<rect x="{LEFT + index * each:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{max(1, each - 1):.1f}" '
            f'height="{height:.1f}" fill="{COLORS[0]}"><title>{bucket.low:,} to {bucket.high:,} {escape(unit)}: '
            f"{bucket.count:,}</title></rect>"
        )
    labels = [(LEFT + index * each + each / 2, f"{bucket.low:,}") for index, bucket in enumerate(buckets)]
    return _svg(HEIGHT, *_axes(most, labels[::every]), *bars)


def icicle(root: Node) -> str:
    """A call tree: callers above, width by how often a call was on a stack."""
    depth = _depth(root, root.total)
    boxes = "".join(_boxes(root, 0, 0.0, root.total))
    return _svg((depth + 1) * ROW + 2, boxes)


def _boxes(node: Node, level: int, start: float, total: int) -> Iterator[str]:
    share = node.total / total
    left, width, top = start * WIDTH, share * WIDTH, level * ROW
    label, room = clean(node.label), max(0, int((width - 6) / LETTER))
    shown = label if len(label) <= room else label[: room - 1] + "…" if room > 3 else ""
    color = FLAMES[sum(map(ord, label)) % len(FLAMES)]
    yield (
        f"<g><title>{escape(label)}: {node.total:,} samples ({share:.1%}), {node.own:,} in itself</title>"
        f'<rect x="{left:.1f}" y="{top}" width="{max(0.5, width - 0.5):.1f}" height="{ROW - 1}" fill="{color}"/>'
        f'<text x="{left + 3:.1f}" y="{top + 13}" class="call">{escape(shown)}</text></g>'
    )
    at = start
    for child in node.ordered():
        if child.total / total < LEAST:
            break
        yield from _boxes(child, level + 1, at, total)
        at += child.total / total


def _depth(node: Node, total: int) -> int:
    return 1 + max(
        (_depth(child, total) for child in node.children.values() if child.total / total >= LEAST), default=0
    )


def _axes(most: float, labels: Sequence[tuple[float, str]]) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    yield f'<line x1="{LEFT}" y1="{base}" x2="{WIDTH}" y2="{base}" class="axis"/>'
    for value in (0, most / 2, most):
        at = base - value / most * (base - TOP)
        yield f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
    for left, text in labels:
        anchor = "start" if left <= LEFT else "end" if left > WIDTH - 40 else "middle"
        yield f'<text x="{left:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(height: float, *parts: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(parts)}</svg>'
