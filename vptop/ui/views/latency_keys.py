# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucketed aggregate by its other keys: a line for each, with percentiles and the shape of its histogram."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from engine.probes.frame import AggregateId
from vptop.model.box import Box, parts_in
from vptop.model.cause import slowest
from vptop.model.histogram import PERCENTILES
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.perkey import PerKey, PerKeys, label_of, per_key
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import Column, Sort, number_column
from vptop.ui.views.aggregate_rows import FRAMES_AT_ONCE
from vptop.ui.views.latencies import LatencyTable, in_box, key_columns, settle, unit_of
from vptop.ui.widgets.leads import Lead, probe_leads, row_leads, text_leads

AT_ONCE = 5_000
"""Rows up to which histograms are made before the next paint; of more, in a thread."""
KEEP = {50: 8, 99: 7, 90: 6, 99.9: 5}
"""Where there is little room, percentiles with the lowest number go first."""
SHAPE = 24
"""Cells of a small histogram; buckets share a cell where there are more."""

ALL: Column[PerKey] = Column("key", "KEY", 6, lambda row: row.label, align="<", stretch=True)
"""Where the bucket is the only key."""


@dataclass(frozen=True, slots=True)
class Question:
    """Of what the histograms are."""

    aggregate: AggregateId
    edition: tuple[int, int]
    """of the newest Frame"""
    frames: int
    """of the span"""
    box: Box | None
    baseline: int | None
    """sequence number of the moment to compare with"""

    @property
    def subject(self) -> Hashable:
        """What it is about, whichever Frame is the newest."""
        return self.aggregate, self.frames, self.box, self.baseline


class PerKeyPanel(LatencyTable[PerKey]):
    """One line for each combination of the keys beside the bucket: count, percentiles, a small picture."""

    default_sort = Sort("count")
    heeds = frozenset({"frames", "per_second", "box"})

    def __init__(self) -> None:
        super().__init__("By key", id="latency-keys")
        self._found = PerKeys()
        self._shown: Question | None = None

    def items(self, moment: Moment) -> Iterable[PerKey]:
        """Group the rows by their other keys."""
        self.aggregate = moment.first(Kind.HISTOGRAM) or self.aggregate
        baseline = moment.session.baseline if moment.session.comparing else None
        edition = moment.session.edition(moment.sequence)
        compared = baseline.moment.sequence if baseline else None
        question = Question(self.aggregate, edition, self.frames, self.box, compared)
        if question != self._shown:
            self._count(moment, question)
        if not self.keys:
            return self._found.rows
        hidden = self._hidden(moment)
        return [row for row in self._found.rows if self.keys.passes(moment, self.aggregate, row.key, hidden)]

    def _count(self, moment: Moment, question: Question) -> None:
        """At once, or, where there are many rows, in a thread; until it is done the last result is shown."""
        parts = parts_in(moment, self.aggregate, self.frames, self.box)
        if not parts:
            self._take(question, PerKeys())
            return
        comparison, steps = moment.compared(self.aggregate), moment.hint(self.aggregate).steps
        baseline, box, hidden = comparison.baseline if comparison else None, self.box, self._hidden(moment)
        if sum(map(len, parts)) <= AT_ONCE and len(parts) <= FRAMES_AT_ONCE:
            self._take(question, per_key(parts, baseline, steps, box, left_out=hidden))
            return
        self._worker.begin(
            question.subject,
            lambda abandoned: per_key(parts, baseline, steps, box, abandoned, hidden),
            partial(self._finish, question),
        )

    def _hidden(self, moment: Moment) -> frozenset[int]:
        """The key columns beside the bucket that its script hides."""
        return moment.hint(self.aggregate).hidden - {0}

    def _finish(self, question: Question, found: PerKeys) -> None:
        """Show the result; when there is a newer Frame by now, go on with that."""
        self._take(question, found)
        self.update_rows()

    def _take(self, question: Question, found: PerKeys) -> None:
        self._worker.drop()
        self._found, self._shown = found, question

    def columns(self, moment: Moment) -> Sequence[Column[PerKey]]:
        """Keys, count, percentiles, picture."""
        return [
            *(key_columns(moment, self.aggregate, lambda row: row.key, self._hidden(moment)) or [ALL]),
            self._count_column(self.seconds(moment)),
            *(_percentile(percent) for percent in PERCENTILES),
            *((_growth(percent) for percent in (50, 99)) if moment.compared(self.aggregate) else ()),
            Column(
                "shape",
                "SHAPE",
                6,
                lambda row: self._shape(row, SHAPE),
                align="<",
                keep=1,
                stretch=True,
                most=SHAPE,
                sized=self._shape,
                is_picture=True,
                style=lambda _, palette: palette.bar,
            ),
        ]

    def _count_column(self, seconds: float) -> Column[PerKey]:
        title = "CNT/S" if self.per_second else "COUNT"
        return number_column("count", title, 7, self.counted, lambda row: row.histogram.count / seconds)

    def _shape(self, row: PerKey, cells: int) -> str:
        counts = {bucket.low: bucket.count for bucket in row.histogram.buckets}
        each = -(-len(self._found.lows) // cells) if cells else 1
        spans = [self._found.lows[at : at + each] for at in range(0, len(self._found.lows), each)]
        return bars.trend([sum(counts.get(low, 0) for low in span) for span in spans])

    def leads(self) -> Sequence[Lead]:
        """What else is known of that key, and the probes that count."""
        row = self.current
        if row is None or self.moment is None:
            return ()
        hidden, label = self._hidden(self.moment), label_of(row.key)
        found = slowest(self.moment, self.aggregate, 1, lambda key: label_of(key, hidden) == label)
        leads = row_leads(found[0], self.aggregate, found[1]) if found else probe_leads(self.moment, self.aggregate)
        names = [lead for text in row.texts for lead in text_leads(self.moment, text)]
        return [*names, *leads]

    def status(self) -> str:
        """The unit, of which seconds and buckets, and how many rows."""
        if self.moment is None or not self.aggregate.name:
            return super().status()
        working = "counting…" if self._worker.busy else ""
        cut = f"busiest {len(self._found.rows)}" if self._found.cut else ""
        return " · ".join(part for part in (self.subject(), cut, working, super().status()) if part)

    def subject(self) -> str:
        """The unit, and of which seconds and buckets."""
        if self.moment is None or not self.aggregate.name:
            return ""
        parts = (unit_of(self.moment, self.aggregate), in_box(self.moment, self.box, self.frames))
        return " · ".join(part for part in parts if part)

    def explain_empty(self) -> str:
        """Whether there is no histogram, or none of these seconds."""
        return self.nothing if self.aggregate.name and not self.filter.of_numbers else super().explain_empty()

    def clear(self) -> None:
        """No filter, and all of the heat map."""
        super().clear()
        settle(self, box=None)

    def key(self, row: PerKey) -> Hashable:
        """Its keys."""
        return row.label

    def passes(self, row: PerKey) -> bool:
        """Texts are matched key by key."""
        return self.of_numbers(self.filter, self.moment, self.aggregate)("", self.numbers(row))

    def numbers(self, row: PerKey) -> Mapping[str, float]:
        """What a filter may compare."""
        seconds = self.span_seconds(self.moment) if self.moment else 1.0
        found = row.histogram
        return {"count": found.count, "rate": found.count / seconds, "max": found.max}


def _growth(percent: float) -> Column[PerKey]:
    return Column(
        f"growth{percent}",
        f"ΔP{percent}",
        6,
        lambda row: numbers.growth(row.growth(percent)),
        lambda row: row.growth(percent) or 0.0,
        keep=9,
        value=lambda row: "new" if (growth := row.growth(percent)) is None else growth * 100,
        style=lambda row, palette: palette.warn if (row.growth(percent) or 0) > 0 else palette.accent,
    )


def _percentile(percent: float) -> Column[PerKey]:
    return number_column(
        f"p{percent}",
        f"P{percent}",
        6,
        numbers.short,
        lambda row: row.histogram.percentile(percent),
        keep=KEEP[percent],
    )
