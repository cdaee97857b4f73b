# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts as SVG elements for the report: lines over time, bars of a histogram, call trees as icicles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from vptop.model.calltree import Node
from vptop.model.histogram import Histogram
from vptop.model.plain import clean

WIDTH, HEIGHT = 900, 180
LEFT, RIGHT, BOTTOM, TOP = 48, 24, 24, 10
TICKS = 4
"""On the axis of values, about."""
GAP = 8
"""Between labels."""
ROW = 18
"""Height of a call in an icicle."""
LEAST = 0.0015
"""Calls with a smaller share of the samples are left out."""
LETTER = 6.7
"""Width of a letter in a call, about."""
FLAMES = ("#f6c65b", "#f0ad4e", "#e8964a", "#f3d27a", "#dd8452", "#ecc94b")


def line_chart(points: Sequence[tuple[float, float]], unit: str) -> str:
    """A line over guest seconds, from zero up.

    Args:
        points: guest seconds and values, in order of time.
        unit: what the values are, for the tooltip.
    """
    if len(points) < 2:
        return '<p class="muted">not enough seconds for a chart</p>'
    first, last = points[0][0], points[-1][0]
    most = max(value for _, value in points)
    top = _ticks(most)[-1]
    across, up = (WIDTH - LEFT - RIGHT) / (last - first or 1), (HEIGHT - TOP - BOTTOM) / top

    def place(at: float, value: float) -> str:
        return f"{LEFT + (at - first) * across:.1f},{HEIGHT - BOTTOM - value * up:.1f}"

    path = " ".join(place(at, value) for at, value in points)
    labels = [
        (LEFT + (at - first) * across, f"{at:,.0f} s")
        for at in (first + tick for tick in _ticks(last - first))
        if at <= last
    ]
    return _svg(
        HEIGHT,
        *_axes(most, labels),
        f'<polyline points="{path}" fill="none" class="data" stroke-width="1.5">'
        f"<title>{escape(unit)}, at most {most:,.0f}</title></polyline>",
    )


def bar_chart(histogram: Histogram, unit: str) -> str:
    """A bar for each bucket; the lower ends of the buckets are the ticks, as many as there is room for."""
    buckets = histogram.buckets
    most = max(bucket.count for bucket in buckets)
    each, top = (WIDTH - LEFT - RIGHT) / len(buckets), _ticks(most)[-1]
    bars = []
    for index, bucket in enumerate(buckets):
        height = bucket.count / top * (HEIGHT - TOP - BOTTOM)
        bars.append(
            f'<rect x="{LEFT + index * each:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{max(1, each - 1):.1f}" '
            f'height="{height:.1f}" class="data"><title>{bucket.low:,} to {bucket.high:,} {escape(unit)}: '
            f"{bucket.count:,}</title></rect>"
        )
    labels = [(LEFT + index * each, f"{bucket.low:,}") for index, bucket in enumerate(buckets)]
    labels.append((WIDTH - RIGHT, f"{buckets[-1].high:,} {unit}".strip()))
    return _svg(HEIGHT, *_axes(most, labels), *bars)


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
    return 1 + max((_depth(child, total) for child in node.ordered() if child.total / total >= LEAST), default=0)


def _ticks(most: float) -> list[float]:
    """Round numbers from zero on, of which the last is not below the greatest value."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
    step = max(step, 1.0) if most >= 2 else step
    return [step * at for at in range(ceil(most / step - 0.001) + 1)]


def _axes(most: float, labels: Sequence[tuple[float, str]]) -> Iterator[str]:
    """Lines and ticks; of the labels below, the last and those that do not touch another one."""
    base = HEIGHT - BOTTOM
    ticks = _ticks(most)
    for value in ticks:
        at, kind = base - value / ticks[-1] * (base - TOP), "grid" if value else "axis"
        yield f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" class="{kind}"/>'
        yield f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{short(value)}</text>'
    for left, centre, text in _apart(labels):
        yield f'<line x1="{left:.1f}" y1="{base}" x2="{left:.1f}" y2="{base + 4}" class="axis"/>'
        yield f'<text x="{centre:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(text)}</text>'


def _apart(labels: Sequence[tuple[float, str]]) -> list[tuple[float, float, str]]:
    """Places of ticks, centres of their labels, and labels, as many as have room, the last one first of all."""
    kept: list[tuple[float, float, str]] = []
    end = float(WIDTH + GAP)
    for left, text in reversed(labels):
        half = len(text) * LETTER / 2
        centre = min(left, WIDTH - half)
        if centre + half + GAP <= end:
            kept.append((left, centre, text))
            end = centre - half
    return kept[::-1]


def short(value: float) -> str:
    """A round number in few characters: 2.5M."""
    for power, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= power:
            return f"{value / power:g}{letter}"
    return f"{value:g}"


def _svg(height: float, *parts: str) -> str:
    return f'<div class="scroll"><svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(parts)}</svg></div>'
