# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts as text."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.render import plot


def chart(heights: list[float], width: int, height: int) -> list[str]:
    labels = [str(2**at) for at in range(len(heights))]
    return [line.text for line in plot.columns_chart(labels, heights, width, height, PALETTE)]


def test_bars_fill_the_width_and_the_value_axis_is_labelled() -> None:
    assert chart([1, 4, 0, 2], 20, 8) == [
        "4│    ███           ",
        " │    ███           ",
        " │    ███           ",
        "2│    ███     ███   ",
        " │▄▄▄ ███     ███   ",
        " │███ ███     ███   ",
        "0└──────────────────",
        "  1   2   4   8     ",
    ]


def test_little_is_more_than_nothing() -> None:
    assert chart([1000, 1, 0], 14, 5)[-3] == "  │██ ▁▁      "


@pytest.mark.parametrize("width", [12, 20, 33, 80])
@pytest.mark.parametrize("bars", [1, 3, 10, 200])
def test_every_line_is_as_wide_as_asked(width: int, bars: int) -> None:
    assert {len(line) for line in chart([float(at % 7) for at in range(bars)], width, 9)} == {width}


def test_a_heat_map_has_the_newest_at_the_right() -> None:
    rows: list[tuple[str, list[float | None]]] = [("64", [None, 0.0, 100.0]), ("8", [1.0, 16.0, 30.0])]
    assert [line.text for line in plot.heat_map(rows, 10, PALETTE)] == ["64│     ·█", " 8│    ░▒▓"]
    assert plot.time_axis(2, 30, 40, PALETTE).text == " " * 20 + "-15".rjust(5) + "now".rjust(15)
    assert plot.legend(160, 60, PALETTE).text.split() == ["░", "≥1", "▒", "≥10", "▓", "≥40", "█", "≥90"]
