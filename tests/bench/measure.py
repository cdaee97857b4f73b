# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring: candidates take turns, so that what else the host does hits all of them; the best time of each counts."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor


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


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}", flush=True)
