# SPDX-License-Identifier: GPL-2.0-or-later
"""Counters of a machine from Frame to Frame."""

from __future__ import annotations

from itertools import chain, repeat

from engine.probes.frame import Frame, ScriptState


def fired(state: ScriptState, earlier: Frame | None, began: int) -> list[int]:
    """Firings of each probe of a script in an interval.

    Args:
        state: at its end.
        earlier: the Frame at its beginning; None: it is not known, and neither is what fired before the script's load.
        began: the tick then.
    """
    if earlier is None and state.loaded < began:
        return [0] * len(state.probes)
    key, scripts = (state.name, state.generation), earlier.scripts if earlier is not None else ()
    before = [probe.hits for one in scripts if (one.name, one.generation) == key for probe in one.probes]
    return [grown(probe.hits, then) for probe, then in zip(state.probes, chain(before, repeat(0)), strict=False)]


def grown(count: int, before: int) -> int:
    """How much a counter grew; one that is smaller began anew, as where a script was asked of the seconds before."""
    return count - before if count >= before else count
