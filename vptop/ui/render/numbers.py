# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers as people read them."""

from __future__ import annotations

from vptop.model.units import UNITS

_SHORT = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


LONG = 1000
"""Numbers from here on have no decimals."""
NOTHING = 0.05
"""Differences of rates below this are none."""
MOST_GROWTH = 10
"""Growth from here on is a factor instead of percent."""


def short(value: float) -> str:
    """At most five cells: `0`, `999`, `48.2k`, `1.9M`."""
    if value < 1000:
        return f"{value:.0f}"
    for size, letter in _SHORT:
        if value >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.1f}{letter}" if scaled < 99.95 else f"{scaled:.0f}{letter}"
    return f"{value:.0f}"


def count(value: int) -> str:
    """A count in full up to 7 digits, then shortened."""
    return str(value) if value < 10**7 else short(value)


def counted(number: int, what: str) -> str:
    """A number of things: `1 row`, `2 rows`, `1 process`, `2 processes`."""
    plural = "es" if what.endswith("s") else "s"
    return f"{number} {what}{plural if number != 1 else ''}"


def rate(value: float) -> str:
    """Per second: one decimal while it says something."""
    if value >= 99_999.95:
        return short(value)
    return f"{value:.1f}"


def axis(value: float) -> str:
    """A round value beside an axis: `5`, `200`, `1.5k`."""
    for size, letter in _SHORT:
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def percent(share: float) -> str:
    """A share of 1 as `59.6%`."""
    return f"{share * 100:.1f}%"


def clock(seconds: float) -> str:
    """Guest time since power-on: `00:04:12`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def change(difference: float) -> str:
    """A rate's difference with the way it went: ▲12.5, ▼3, =."""
    if abs(difference) < NOTHING:
        return "="
    return f"{'▲' if difference > 0 else '▼'}{rate(abs(difference))}"


def growth(ratio: float | None) -> str:
    """Growth in percent with its sign; `new` where there was nothing before."""
    if ratio is None:
        return "new"
    return f"{round(ratio, 2) + 0.0:+.0%}" if abs(ratio) < MOST_GROWTH else f"×{ratio + 1:.0f}"


def points(change: float) -> str:
    """A change of a share in percentage points: `+3.1`, `-0.4`; a dot where there is none."""
    return f"{change * 100:+.1f}" if abs(change) >= 0.0005 else "·"


_TIMES = ((10**9, "s"), (10**6, "ms"), (10**3, "µs"), (1, "ns"))
_SIZES = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B"))
_STEPS = {"time": _TIMES, "size": _SIZES}
SCALED_CELLS = 7


def scaled(value: int, unit: str) -> str:
    """A time or a size in the unit that fits it, with three digits: `18.0ms`, `740µs`, `1.50MiB`.

    Args:
        value: in `unit`.
        unit: one of UNITS.
    """
    if not value:
        return "0"
    steps = _STEPS[UNITS[unit].kind]
    amount = value * UNITS[unit].size
    size, name = next((step for step in steps if amount >= step[0] * 0.9995), steps[-1])
    number = amount / size
    digits = 0 if size == 1 or number >= 99.95 else 1 if number >= 9.995 else 2
    return f"{number:.{digits}f}{name}" if number < 10**5 else f"{short(number)}{name}"
