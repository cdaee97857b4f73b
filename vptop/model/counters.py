# SPDX-License-Identifier: GPL-2.0-or-later
"""Counters of a machine from Frame to Frame."""

from __future__ import annotations

from engine.probes.frame import Frame


def grown(count: int, before: int) -> int:
    """How much a counter grew; one that is smaller began anew, as where a script was asked of the seconds before."""
    return count - before if count >= before else count


def firings(frame: Frame) -> dict[tuple[str, int, int], int]:
    """How often each probe has fired, by script, generation and place in the script."""
    return {
        (script.name, script.generation, index): probe.hits
        for script in frame.scripts
        for index, probe in enumerate(script.probes)
    }
