# SPDX-License-Identifier: GPL-2.0-or-later
"""The slowest of the last minute: when, how slow, and the other keys, stacks among them. Enter goes to that second."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from engine.probes.frame import NO_AGGREGATE
from vptop.model.kinds import is_stack
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.slowest import WINDOW, Slow, slowest, with_stacks
from vptop.ui.render import numbers
from vptop.ui.render.columns import Column, Sort, number_column
from vptop.ui.views.latencies import (
    LatencyTable,
    chosen,
    in_box,
    key_columns,
    match_later,
    settle,
    unit_of,
)
from vptop.ui.widgets.chrome import HistoryBar
from vptop.ui.widgets.leads import Drill, Lead, as_filter, row_leads, text_leads


class SlowestPanel(LatencyTable[Slow]):
    """One line for each bucket and second, the slowest first."""

    default_sort = Sort("low")
    heeds = frozenset({"box"})

    def __init__(self) -> None:
        super().__init__("Slowest", id="latency-slowest")
        self.histogram = NO_AGGREGATE
        self._exact = False
        """the values are known, not only their buckets"""

    def update_rows(self) -> None:
        """Look again; what takes long is looked through in a thread."""
        super().update_rows()
        if self.moment is not None:
            match_later(self, self.moment, self.keys, self._worker)

    def passes(self, row: Slow) -> bool:
        """Texts are matched before the slowest are chosen."""
        return self.of_numbers(self.filter, self.moment, self.aggregate)("", self.numbers(row))

    def items(self, moment: Moment) -> Iterable[Slow]:
        """Look through the last minute."""
        self.histogram = chosen(moment, self.histogram)
        self.aggregate = with_stacks(moment, self.histogram)
        found = slowest(moment, self.aggregate, box=self.box, keys=self.keys) if self.aggregate.name else []
        self._exact = any(row.most > row.low for row in found)
        return found

    def columns(self, moment: Moment) -> Sequence[Column[Slow]]:
        """Largest value, or lower end of the bucket, count, keys, seconds ago."""
        return [
            Column(
                "low",
                f"{'MAX' if self._exact else 'FROM'} {unit_of(moment, self.aggregate)}".rstrip(),
                7,
                lambda row: numbers.axis(row.most),
                lambda row: row.most,
                value=lambda row: row.most,
                style=lambda _, palette: palette.strong,
            ),
            number_column("count", "COUNT", 7, numbers.count, lambda row: row.count, keep=3),
            *key_columns(moment, self.aggregate, lambda row: row.key),
            Column("ago", "AGO", 5, lambda row: f"{moment.sequence - row.sequence} s", lambda row: row.sequence),
        ]

    def key(self, row: Slow) -> Hashable:
        """Second and keys."""
        return row.sequence, row.key

    def numbers(self, row: Slow) -> Mapping[str, float]:
        """What a filter may compare."""
        return {"count": row.count, "max": row.most}

    def status(self) -> str:
        """Of which time and buckets, and the unit."""
        return self.subject()

    def subject(self) -> str:
        """The unit, and of which time and buckets."""
        if self.moment is None or not self.aggregate.name:
            return ""
        span = in_box(self.moment, self.box, WINDOW) if self.box else f"last {WINDOW} s"
        return " · ".join(part for part in (unit_of(self.moment, self.aggregate), span) if part)

    def leads(self) -> Sequence[Lead]:
        """What is known of the names and functions among its keys, the firing that counted it, and the probes."""
        row, moment = self.current, self.moment
        if row is None or moment is None:
            return ()
        found = [lead for text in row.key[1] for lead in text_leads(moment, text)]
        if self.aggregate != self.histogram:
            name = next((text for text in row.key[1] if not is_stack(text)), "")
            where = Drill("stacks", as_filter(name), name, self.aggregate)
            found.append(Lead(f"stacks of {name} in {clean(moment.label(self.aggregate))}", where))
        then = moment.session.at(row.sequence)
        return [*found, *(row_leads(then, self.aggregate, row.row) if then is not None else ())]

    def explain_empty(self) -> str:
        """Whether there is no histogram, or none of these seconds."""
        return self.nothing if self.aggregate.name and not self.filter.of_numbers else super().explain_empty()

    def clear(self) -> None:
        """No filter, and all of the heat map."""
        super().clear()
        settle(self, box=None)

    def action_open(self) -> None:
        """Go to that second."""
        if row := self.current:
            self.post_message(HistoryBar.Scrubbed(row.sequence))
