# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest of the last minute: when, how slow, and the other keys. Enter goes to that second."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.model.slowest import WINDOW, Slow, slowest
from vptop.ui.render import numbers
from vptop.ui.render.columns import Column, Sort
from vptop.ui.widgets.chrome import HistoryBar
from vptop.ui.widgets.table import TablePanel


class SlowestPanel(TablePanel[Slow]):
    """One line for each bucket and second, the slowest first."""

    default_sort = Sort("low")
    empty = "no histogram"

    def __init__(self) -> None:
        super().__init__("Slowest", id="latency-slowest")

    def items(self, moment: Moment) -> Iterable[Slow]:
        """Look through the last minute."""
        aggregate = moment.first(Kind.HISTOGRAM)
        return slowest(moment, aggregate) if aggregate else []

    def columns(self, moment: Moment) -> Sequence[Column[Slow]]:
        """Lower end of the bucket, count, keys, seconds ago."""
        now = moment.frame.guest_seconds
        return [
            Column(
                "low",
                "AT LEAST",
                9,
                lambda row: numbers.axis(row.low),
                lambda row: row.low,
                style=lambda _, palette: palette.strong,
            ),
            Column("count", "COUNT", 7, lambda row: numbers.count(row.count), lambda row: row.count, keep=3),
            Column(
                "key",
                "KEY",
                6,
                lambda row: clean(row.label),
                lambda row: row.label,
                align="<",
                stretch=True,
                ascending=True,
            ),
            Column("ago", "AGO", 6, lambda row: f"{now - row.guest_seconds:.0f} s", lambda row: row.sequence),
        ]

    def key(self, row: Slow) -> Hashable:
        """Second and keys."""
        return row.sequence, row.key

    def searchable(self, row: Slow) -> str:
        """Its keys."""
        return clean(row.label)

    def numbers(self, row: Slow) -> Mapping[str, float]:
        """What a filter may compare."""
        return {"count": row.count, "max": row.low}

    def status(self) -> str:
        """Of which time."""
        return f"last {WINDOW} s"

    def action_open(self) -> None:
        """Go to that second."""
        if row := self.current:
            self.post_message(HistoryBar.Scrubbed(row.sequence))
