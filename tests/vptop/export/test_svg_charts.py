# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts of the report."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from engine.guest.symbols import Symbols
from vptop.export.svg_charts import HEIGHT, LETTER, WIDTH, bar_chart, icicle, line_chart
from vptop.model.histogram import Bucket, Histogram
from vptop.model.stacks import Namer


def rectangles(svg: str) -> list[tuple[float, float]]:
    """Left ends and widths."""
    return [(float(one.get("x", 0)), float(one.get("width", 0))) for one in ET.fromstring(svg).iter("rect")]


def labels_below(svg: str) -> list[tuple[float, float, str]]:
    """Left and right ends of the labels of the axis below, about, and their texts."""
    found = [one for one in ET.fromstring(svg).iter("text") if one.get("text-anchor") == "middle"]
    centres = [(float(one.get("x", 0)), one.text or "") for one in found]
    return [(x - len(text) * LETTER / 2, x + len(text) * LETTER / 2, text) for x, text in centres]


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
    rows = [(((), ("a", "b")), 2), (((), ("a",)), 1), (((), ("<c>",)), 1)]
    drawn = rectangles(icicle(Namer(Symbols()).tree(rows).root))
    assert drawn[0] == (0, WIDTH - 0.5)
    assert drawn[1] == (0, WIDTH * 3 / 4 - 0.5)
    assert drawn[3][0] == WIDTH * 3 / 4


@pytest.mark.parametrize("number", [1, 2, 7, 60, 200])
def test_labels_below_bars_do_not_touch_and_end_with_the_unit(number: int) -> None:
    buckets = tuple(Bucket(at * 10**6, (at + 1) * 10**6, 1) for at in range(number))
    found = labels_below(bar_chart(Histogram(buckets, 0, number * 10**6), "us"))
    assert all(right <= left for (_, right, _), (left, _, _) in pairwise(found))
    assert found[0][0] >= 0
    assert found[-1][1] <= WIDTH + 1
    assert found[-1][2] == f"{number * 10**6:,} us"


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, ["0", "1"]),
        (1, ["0", "0.5", "1"]),
        (3, ["0", "1", "2", "3"]),
        (601, ["0", "200", "400", "600", "800"]),
        (4_780_805, ["0", "2M", "4M", "6M"]),
        (1500, ["0", "500", "1k", "1.5k"]),
    ],
)
def test_the_axis_of_values_has_round_numbers_up_to_the_greatest(most: int, expected: list[str]) -> None:
    svg = ET.fromstring(line_chart([(0, 0), (1, most)], "x"))
    assert [one.text for one in svg.iter("text") if one.get("text-anchor") == "end"] == expected
