# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts of plotext as text and styles."""

from __future__ import annotations

import plotext
import pytest

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.render import plot

LINES = [[1.0, 2.0, 4.0, None, 8.0, 8.0], [100.0, 100.0, None, 400.0, 800.0, 1000.0]]


def chart(heights: list[float], width: int, height: int) -> list[str]:
    labels = [str(2**at) for at in range(len(heights))]
    return [line.text for line in plot.columns_chart(labels, heights, width, height, PALETTE).lines]


def test_bars_fill_the_width_and_the_value_axis_is_labelled() -> None:
    assert chart([1, 4, 0, 2], 20, 8) == [
        "4┤    ████          ",
        " │    ████          ",
        " │    ████          ",
        "2┤    ████     ████ ",
        " │▄▄▄ ████     ████ ",
        "0┤███ ████     ████ ",
        " └┬───┬────┬───┬────",
        "  1   2    4   8    ",
    ]


def test_the_unit_stands_at_the_end_of_the_labels_and_bars_are_found_by_their_cells() -> None:
    bars = plot.columns_chart(["1", "2", "4", "8"], [1, 4, 0, 2], 20, 8, PALETTE, unit="µs")
    assert bars.lines[-1].text == "  1   2    4   8  µs"
    assert [bars.at(x) for x in (0, 1, 2, 5, 6, 10, 11, 19)] == [None, None, 0, 0, 1, 1, 2, 3]


def test_little_is_more_than_nothing() -> None:
    assert chart([1000, 1, 0], 14, 5)[-3] == " 0┤██ ▁▁▁     "


@pytest.mark.parametrize("width", [12, 20, 33, 80])
@pytest.mark.parametrize("bars", [1, 3, 10, 200])
def test_every_line_is_as_wide_as_asked(width: int, bars: int) -> None:
    assert {len(line) for line in chart([float(at % 7) for at in range(bars)], width, 9)} == {width}


def test_bars_and_axes_have_the_styles_of_the_theme() -> None:
    axis, bars = plot.columns_chart(["1"], [5], 12, 4, PALETTE).lines[0]
    assert (axis.text, axis.style) == ("5┤", PALETTE.dim)
    assert (bars.text, bars.style) == ("█████████ ", PALETTE.bar)


def lines(width: int = 16, height: int = 8, *, logarithmic: bool = False) -> list[str]:
    styles = (PALETTE.good, PALETTE.bad)
    return [
        line.text for line in plot.line_chart(LINES, width, height, PALETTE, styles=styles, logarithmic=logarithmic)
    ]


def test_lines_end_at_the_right_and_leave_gaps_where_nothing_is_known() -> None:
    assert lines() == [
        " 1k┤          ⢠⠃",
        "   │          ⡇ ",
        "   │         ⢰⠁ ",
        "500┤         ×  ",
        "   │            ",
        "  0┤      ⣒⣂⡀ ⣀○",
        "   └───────────┬",
        "             now",
    ]


def test_a_logarithmic_axis_has_decades() -> None:
    assert lines(logarithmic=True) == [
        " 1k┤         ×⠋⠁",
        "   │            ",
        "100┤      ⠉⠁    ",
        " 10┤            ",
        "   │        ⡀ ⠉○",
        "  1┤      ⡠⠊    ",
        "   └───────────┬",
        "             now",
    ]


def test_a_logarithmic_axis_is_no_longer_than_its_values() -> None:
    drawn = plot.line_chart([[2100.0, 9000.0]], 12, 8, PALETTE, styles=(PALETTE.good,), logarithmic=True)
    assert [line.text[:4].strip() for line in drawn] == ["10k┤", "│", "5k┤", "│", "│", "2k┤", "└", ""]


def test_names_stand_at_the_right_end_each_on_a_line_of_its_own() -> None:
    styles = (PALETTE.good, PALETTE.bad, PALETTE.warn)
    values = [[10.0] * 9, [10.0] * 9, [0.0] * 9]
    drawn = plot.line_chart(values, 20, 7, PALETTE, styles=styles, names=("p50", "p90", "low"))
    assert [line.text[-4:] for line in drawn[:5]] == [" p90", " p50", "    ", "    ", " low"]
    assert {line.cell_length for line in drawn} == {20}
    assert plot.MARKS[2] in drawn[4].text
    few = plot.line_chart(values, 20, 4, PALETTE, styles=styles, names=("p50", "p90", "low"))
    assert not any("p90" in line.text for line in few), "no room for all names"


def test_each_line_has_its_style() -> None:
    drawn = plot.line_chart(LINES, 16, 8, PALETTE, styles=(PALETTE.good, PALETTE.bad), logarithmic=True)
    assert {segment.style for segment in drawn[0] if segment.text.strip()} == {PALETTE.dim, PALETTE.bad}
    assert {segment.style for segment in drawn[5] if segment.text.strip()} == {PALETTE.dim, PALETTE.good}


def test_a_chart_leaves_the_global_figure_alone() -> None:
    size = plotext.figure.size()
    chart([1.0], 33, 9)
    assert plotext.figure.size() == size


@pytest.mark.parametrize("size", [(1, 3), (3, 3), (7, 4)])
def test_a_chart_fits_any_size(size: tuple[int, int]) -> None:
    width, height = size
    for drawn in (chart([1.0, 2.0], width, height), lines(width, height)):
        assert len(drawn) == height
        assert {len(line) for line in drawn} == {width}
