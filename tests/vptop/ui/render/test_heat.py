# SPDX-License-Identifier: GPL-2.0-or-later
"""Heat maps as text."""

from __future__ import annotations

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.render import heat
from vptop.ui.render.palette import from_theme


def test_a_heat_map_has_the_newest_at_the_right() -> None:
    rows: list[tuple[str, list[float | None]]] = [("64", [None, 0.0, 100.0]), ("8", [1.0, 16.0, 30.0])]
    assert [line.text for line in heat.heat_map(rows, 10, PALETTE)] == ["64│     ·█", " 8│    ░▒▓"]
    assert heat.time_axis(2, 30, 40, PALETTE).text == " " * 20 + "-15s".rjust(5) + "now".rjust(15)
    assert heat.legend(160, 60, PALETTE).text.split() == ["count", "░", "1+", "▒", "10+", "▓", "40+", "█", "90+"]


def test_shades_that_no_count_has_are_not_in_the_legend() -> None:
    assert heat.legend(10, 60, PALETTE).text.split() == ["count", "▒", "1+", "▓", "3+", "█", "6+"]
    assert heat.legend(1, 60, PALETTE).text.split() == ["count", "█", "1+"]
    assert heat.legend(1, 20, PALETTE, "lower ends").text.strip() == "count █ 1+"
    assert heat.legend(1, 22, PALETTE, "lower ends").text.endswith("1+  lower ends")


def test_wide_cells_have_one_dot_where_nothing_was_counted() -> None:
    rows: list[tuple[str, list[float | None]]] = [("8", [1.0, None, 0.0, 16.0])]
    assert heat.heat_map(rows, 15, PALETTE, each=3)[0].text == "8│ ▒▒▒    · ███"


def test_cells_have_a_ground_of_their_colour_where_the_theme_has_colours() -> None:
    dark = from_theme({"foreground": "#ffffff", "background": "#000000"})
    cell = next(segment for segment in heat.heat_map([("8", [1.0, 100.0])], 4, dark)[0] if segment.text == "░")
    assert cell.style
    assert cell.style.bgcolor
    assert cell.style.bgcolor.name != "#000000"
    terminal = from_theme({"foreground": "ansi_default", "background": "ansi_default"})
    assert all(segment.style is None or segment.style.bgcolor is None for segment in heat.legend(9, 60, terminal))
