# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring: candidates take turns, so that what else the host does hits all of them; the best time of each counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def interleaved(candidates: Mapping[str, Callable[[], float]], turns: int) -> dict[str, float]:
    """The best seconds of each candidate after so many turns of all."""
    best: dict[str, float] = {}
    for _ in range(turns):
        for name, run in candidates.items():
            best[name] = min(run(), best.get(name, float("inf")))
    return best


def row(name: str, value: str, budget: str = "", met: bool | None = None) -> None:
    """Print one line of the report."""
    verdict = "" if met is None else "met" if met else "MISSED"
    print(f"  {name:<62}{value:>14}  {budget:<14}{verdict}", flush=True)


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}", flush=True)
