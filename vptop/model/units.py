# SPDX-License-Identifier: GPL-2.0-or-later
"""Units of values that can be converted into each other, as view hints and filters name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: of what, and how many of the smallest unit of the same kind it is."""

    kind: str
    size: int


UNITS: Mapping[str, Unit] = {
    "ns": Unit("time", 1),
    "us": Unit("time", 10**3),
    "µs": Unit("time", 10**3),
    "ms": Unit("time", 10**6),
    "s": Unit("time", 10**9),
    "B": Unit("size", 1),
    "bytes": Unit("size", 1),
    "KiB": Unit("size", 1 << 10),
    "MiB": Unit("size", 1 << 20),
}


def converted(number: float, given: str, wanted: str) -> float | None:
    """A number of one unit in another; None where one of them is not known, or they are of different kinds."""
    a, b = UNITS.get(given), UNITS.get(wanted)
    return number * a.size / b.size if a and b and a.kind == b.kind else None


def shown(name: str) -> str:
    """A unit as people read it: `µs` for the `us` that scripts write."""
    return "µs" if name == "us" else name
