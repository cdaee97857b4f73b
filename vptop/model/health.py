# SPDX-License-Identifier: GPL-2.0-or-later
"""How the machine and its scripts do, second by second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vptop.model.moment import Moment


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that every moment has."""

    name: str
    unit: str
    value: Callable[[Moment], float | None]
    """None where it was not measured"""
    is_bad: Callable[[Moment, float], bool] = lambda *_: False
    """whether a moment's value deserves attention"""
    top: float = 1.0
    """the least value that a full bar of its history stands for"""


def _dropped(moment: Moment) -> float | None:
    """What was lost to limits in this second."""
    before = moment.session.at(moment.sequence - 1)
    return None if before is None else float(max(0, moment.dropped() - before.dropped()))


def _overhead(moment: Moment) -> float:
    return moment.overhead() * 100


SLOW = 0.9
"""Share of real time below which the speed of a paced guest is a warning."""
LATE_SECONDS = 0.5
"""Frames that come so much later are late."""
HEAVY = 10.0
"""Percent of real time from which probes are a burden."""
GAUGES = (
    Gauge(
        "speed", "× real time", lambda moment: moment.speed(), lambda moment, value: moment.frame.paced and value < SLOW
    ),
    Gauge("probe hits", "/s", lambda moment: moment.hits()),
    Gauge("overhead", "% of real time", _overhead, lambda _, value: value >= HEAVY),
    Gauge("dropped", "/s", _dropped, lambda _, value: value > 0),
    Gauge("lag", "s", lambda moment: moment.frame.behind_seconds, lambda _, value: value >= LATE_SECONDS),
    Gauge("CPU busy", "% of guest time", lambda moment: moment.frame.busy * 100, top=100.0),
)


class HealthHistory:
    """Remembers the numbers of each Frame, so that a new one costs only itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[float | None, ...]] = {}

    def values(self, moment: Moment, frames: int) -> list[Sequence[float | None]]:
        """For each gauge its values in the last Frames, oldest first; None where nothing is known."""
        sequences = range(moment.sequence - frames + 1, moment.sequence + 1)
        self._known = {at: known for at, known in self._known.items() if at[0] in sequences}
        return [*zip(*(self._at(moment, sequence) for sequence in sequences), strict=True)]

    def _at(self, moment: Moment, sequence: int) -> tuple[float | None, ...]:
        edition = moment.session.edition(sequence)
        if (known := self._known.get(edition)) is not None:
            return known
        then = moment.session.at(sequence)
        if then is None or then.previous is None:
            return (None,) * len(GAUGES)
        known = self._known[edition] = tuple(gauge.value(then) for gauge in GAUGES)
        return known
