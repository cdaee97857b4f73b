# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring: candidates take turns, so that what else the host does hits all of them; the best time of each counts."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

OPERATIONS = 1_000_000
"""Of a loop in Python that tells how fast the host is just now: that of a shared server changes within a minute."""
REFERENCE_MS = 33.0
"""What the loop takes on the host for which the budgets of the dashboard are meant."""
LOOPS = 3
"""The best of so many counts."""


class Took(NamedTuple):
    """How long something took, and how fast the host was."""

    milliseconds: float
    slowness: float
    """how many times as long as the reference host it takes for the same"""

    @property
    def reference(self) -> float:
        """Milliseconds of the reference host."""
        return self.milliseconds / self.slowness


def slowness() -> float:
    """How many times as long as the reference host this one takes for the same."""
    best = float("inf")
    for _ in range(LOOPS):
        begun, bit = time.perf_counter(), 0
        for _ in range(OPERATIONS):
            bit ^= 1
        best = min(best, time.perf_counter() - begun)
    return best * 1e3 / REFERENCE_MS


def interleaved(candidates: Mapping[str, Callable[[], float]], turns: int) -> dict[str, float]:
    """The best seconds of each candidate after so many turns of all, in another order each time."""
    best: dict[str, float] = {}
    for _ in range(turns):
        for name, run in random.sample(list(candidates.items()), len(candidates)):
            best[name] = min(run(), best.get(name, float("inf")))
    return best


def in_processes(measured: Callable[[], dict[str, float]], processes: int) -> dict[str, float]:
    """The best seconds of each candidate over so many processes, one after the other.

    Where the loader puts code and data makes some per cent of a guest's speed, and stays for the life of a process.
    """
    best: dict[str, float] = {}
    for _ in range(processes):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
            for name, seconds in one.submit(measured).result().items():
                best[name] = min(seconds, best.get(name, float("inf")))
    return best


def row(name: str, value: str, budget: str = "", met: bool | None = None) -> None:
    """Print one line of the report."""
    verdict = "" if met is None else "met" if met else "MISSED"
    print(f"  {name:<62}{value:>14}  {budget:<14}{verdict}", flush=True)


def time_row(name: str, took: Took, budget: float) -> None:
    """Print one line of the report: a time of the reference host, that of this one in parentheses, and the budget."""
    value = f"{took.reference:.0f} ms ({took.milliseconds:.0f})"
    row(name, value, f"<= {budget:.0f} ms", took.reference <= budget)


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}", flush=True)
