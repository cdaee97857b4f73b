# SPDX-License-Identifier: GPL-2.0-or-later
"""Counters from Frame to Frame."""

from __future__ import annotations

from msgspec.structs import replace

from tests.vptop.ui.fakes import frame
from vptop.model.counters import fired, grown


def test_a_counter_that_is_smaller_began_anew() -> None:
    assert (grown(7, 5), grown(5, 5), grown(3, 5)) == (2, 0, 3)


def test_firings_are_those_of_the_interval_or_since_the_script_was_loaded_in_it() -> None:
    (state, *_), hz = frame(3).scripts, 10**9
    assert fired(state, frame(2), 2 * hz) == [290, 1]
    assert fired(replace(state, generation=2), frame(2), 2 * hz) == [870, 3]
    assert fired(replace(state, loaded=2 * hz), None, 2 * hz) == [870, 3]
    assert fired(state, None, 2 * hz) == [0, 0]
