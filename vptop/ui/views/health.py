# SPDX-License-Identifier: GPL-2.0-or-later
"""How the machine and its scripts do: speed, hits, overhead, losses, lag, each with its last minutes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from textual.strip import Strip

from engine.vm.past.messages import PastKept
from vptop.export.shown import Cell, Table
from vptop.model.health import GAUGES, Gauge, HealthHistory
from vptop.model.moment import Moment
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.widgets.lines import LinePanel

NAME, NUMBER, UNIT = 12, 8, 16
"""Cells of the columns before the history."""
MOST_FRAMES = 120


@dataclass(frozen=True, slots=True)
class Reading:
    """A gauge and its values, oldest first."""

    gauge: Gauge
    values: Sequence[float | None]


class HealthPanel(LinePanel[Reading]):
    """A line for each gauge: now, and over time."""

    empty = "no second has been measured yet"

    def __init__(self) -> None:
        super().__init__("Health", id="guest-health")
        self._history = HealthHistory()

    def collect(self, moment: Moment) -> Sequence[Reading]:
        """As many seconds as there is room for."""
        frames = max(1, min(MOST_FRAMES, self.inner_width - NAME - NUMBER - UNIT - 3))
        found = self._history.values(moment, frames)
        return [Reading(gauge, values) for gauge, values in zip(GAUGES, found, strict=True)]

    def on_resize(self) -> None:
        """Another number of seconds."""
        self.update_rows()

    def draw(self, row: Reading, index: int, width: int, *, cursor: bool) -> Strip:
        """Name, value, unit, history."""
        now = row.values[-1]
        bad = now is not None and self.moment is not None and row.gauge.is_bad(self.moment, now)
        text = "–" if now is None else numbers.short(now) if now >= numbers.LONG else f"{now:.1f}"
        pieces: list[Piece] = [
            ("▲ " if bad else "  ", self.palette.warn),
            (fit(row.gauge.name, NAME), self.palette.text),
            (fit(text, NUMBER, ">") + " ", self.palette.warn if bad else self.palette.strong),
            (fit(row.gauge.unit, UNIT), self.palette.dim),
            (bars.trend(row.values, max(row.gauge.top, *(value or 0.0 for value in row.values))), self.palette.bar),
        ]
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def table(self) -> Table:
        """Each gauge as it is now."""
        rows = (
            (row.gauge.name, "" if (now := row.values[-1]) is None else Cell(f"{now:g}", now), row.gauge.unit)
            for row in self.rows
        )
        return Table(self.title_text(), ("GAUGE", "NOW", "UNIT"), tuple(rows))

    def key(self, row: Reading) -> Hashable:
        """Its name."""
        return row.gauge.name

    def status(self) -> str:
        """How far the histories go back, and what is kept."""
        if not self.rows or self.moment is None:
            return ""
        ring = self.moment.session.timeline.ring
        kept = f"{numbers.counted(ring.end - ring.first, 'Frame')} kept"
        folded = self.moment.session.folded
        summed = f" · {folded} summed up" if folded else ""
        span = max(_known(row.values) for row in self.rows)
        return f"last {span} s · {kept}{summed} · {_past(self.moment.session.past)}"


def _known(values: Sequence[float | None]) -> int:
    """Seconds from the oldest that is known to now."""
    return next((len(values) - at for at, value in enumerate(values) if value is not None), 0)


def _past(kept: PastKept) -> str:
    """Which past can be asked, and what it takes; where none can, why."""
    if not kept.moments:
        return kept.failure.partition(";")[0]
    return f"past since {kept.moments[0]:.0f} s, {kept.bytes >> 20} of {kept.limit >> 20} MiB"
