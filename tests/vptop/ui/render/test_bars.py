# SPDX-License-Identifier: GPL-2.0-or-later
"""Bars and trends."""

from __future__ import annotations

from vptop.ui.render import bars


def test_bars_are_eighths_and_never_nothing_for_something():
    assert bars.bar(1.0, 4) == "████"
    assert bars.bar(0.5, 4) == "██  "
    assert bars.bar(0.47, 4) == "█▉  "
    assert bars.bar(0.0001, 4) == "▏   "
    assert bars.bar(0.0, 4) == "    "
    assert bars.bar(9.0, 4) == "████"


def test_trends_tell_zero_from_unknown():
    assert bars.trend([None, 0, 1, 4, 7]) == " ·▂▅▇"
    assert bars.trend([0, 0]) == "··"
    assert bars.trend([]) == ""
