# SPDX-License-Identifier: GPL-2.0-or-later
"""What has changed since the baseline, for files: there where the dashboard shows differences, too."""

from __future__ import annotations

from dataclasses import dataclass

from engine.probes.frame import AggregateId
from vptop.model.baseline import Baseline
from vptop.model.moment import Moment
from vptop.model.plain import clean

VALUES = ("rate", "baseline_rate", "baseline_avg")
"""Columns for programs: updates per guest second in the interval of the Frame and in that of the baseline, and the
average there."""
DIFFERENCES = ("Δ/s", "Δ%", "Δavg")
"""Columns for people."""


def baseline_of(moment: Moment) -> Baseline | None:
    """The baseline; None where no differences are shown."""
    return moment.session.baseline if moment.session.comparing else None


def in_words(baseline: Baseline) -> str:
    """What is compared with: the guest second, and which reload set it, if one did."""
    why = f" ({clean(baseline.why)})" if baseline.why else ""
    return f"differences from {baseline.moment.frame.guest_seconds:.0f} s{why}"


@dataclass(frozen=True, slots=True)
class Change:
    """A row against the same row at the baseline. Rates are updates per guest second over the interval of each."""

    rate: float
    before: float
    average: int
    average_before: int | None
    """None: there was no such row"""

    @property
    def values(self) -> tuple[object, ...]:
        """A cell for each of VALUES; empty where there was no such row."""
        then = self.average_before is not None
        return round(self.rate, 3), round(self.before, 3) if then else "", self.average_before if then else ""

    @property
    def differences(self) -> tuple[str, ...]:
        """A cell for each of DIFFERENCES."""
        if self.average_before is None:
            return f"{self.rate:+,.1f}", "new", ""
        grown = self.rate - self.before
        share = f"{grown / self.before:+.1%}" if self.before else "new" if grown else "="
        return _signed(grown, ",.1f"), share, _signed(self.average - self.average_before, ",")


def _signed(number: float, form: str) -> str:
    return f"{number:+{form}}" if number else "="


class Changes:
    """The rows of an aggregate of a moment against those at the baseline."""

    def __init__(self, moment: Moment, aggregate: AggregateId) -> None:
        self._comparison = moment.compared(aggregate)

    def __bool__(self) -> bool:
        """Whether the aggregate can be compared: it was there, with such keys."""
        return self._comparison is not None

    def __getitem__(self, index: int) -> Change:
        """That of the row of an index in the Frame."""
        assert self._comparison is not None  # noqa: S101 - by the callers
        compared = self._comparison
        rate = float(compared.rates[index])
        average, change = int(compared.now.averages[index]), compared.average_change(index)
        return Change(rate + compared.change(index), rate, average, None if change is None else average - round(change))

    def most(self, rows: int) -> list[int]:
        """The rows whose rates have changed most, at most so many."""
        assert self._comparison is not None  # noqa: S101 - by the callers
        sizes = abs(self._comparison.changes)
        return [int(at) for at in (-sizes).argsort(kind="stable")[:rows]]
