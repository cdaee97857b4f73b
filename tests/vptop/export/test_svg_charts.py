# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts of the report."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from vptop.export.svg_charts import HEIGHT, WIDTH, bar_chart, icicle, line_chart
from vptop.model.histogram import Bucket, Histogram
from vptop.model.stacks import Node


def rectangles(svg: str) -> list[tuple[float, float]]:
    """Left ends and widths."""
    return [(float(one.get("x", 0)), float(one.get("width", 0))) for one in ET.fromstring(svg).iter("rect")]


def test_a_line_rises_with_its_values_and_stays_inside() -> None:
    svg = ET.fromstring(line_chart([(0, 0), (1, 5), (2, 10)], "x"))
    line = next(svg.iter("polyline"))
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", line.get("points", ""))]
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert "not enough" in line_chart([(0, 1)], "x")


def test_bars_are_as_high_as_their_counts() -> None:
    buckets = (Bucket(1, 2, 10), Bucket(2, 4, 5), Bucket(4, 8, 0))
    svg = ET.fromstring(bar_chart(Histogram(buckets, 1, 4), "us"))
    heights = [float(one.get("height", 0)) for one in svg.iter("rect")]
    assert heights[0] == 2 * heights[1] > 0
    assert heights[2] == 0


def test_callees_lie_under_their_callers() -> None:
    a = Node("a", 3, 1, children={"b": Node("b", 2, 2)})
    root = Node("all", 4, children={"a": a, "<c>": Node("<c>", 1, 1)})
    drawn = rectangles(icicle(root))
    assert drawn[0] == (0, WIDTH - 0.5)
    assert drawn[1] == (0, WIDTH * 3 / 4 - 0.5)
    assert drawn[3][0] == WIDTH * 3 / 4
