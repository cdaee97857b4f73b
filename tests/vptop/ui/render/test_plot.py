# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts of plotext."""

from __future__ import annotations

from vptop.ui.render import plot


def test_chart_bars_are_as_high_as_their_counts():
    lines = plot.columns_chart(["a", "b", "c"], [1, 4, 2], 20, 10)
    body = lines[:-2]
    heights = [sum(2 if line[at] == "█" else 1 for line in body if line[at] in plot.BLOCKS) for at in (3, 9, 15)]
    assert heights[1] > heights[2] > heights[0]
    assert heights[1] >= 2 * heights[2] - 2
    assert not set("".join(lines)) - plot.BLOCKS - set(" ─0123456789abck")
