# SPDX-License-Identifier: GPL-2.0-or-later
"""Counters from Frame to Frame."""

from __future__ import annotations

from tests.vptop.ui.fakes import frame
from vptop.model.counters import firings, grown


def test_a_counter_that_is_smaller_began_anew() -> None:
    assert (grown(7, 5), grown(5, 5), grown(3, 5)) == (2, 0, 3)


def test_firings_by_probe() -> None:
    found = firings(frame(2))
    assert found["vptop.vp", 1, 0] == 580
    assert found["stacks.vp", 1, 1] == 0
