# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panels of latencies have in common: of which seconds and keys, in which unit, columns for the keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Set
from functools import partial
from typing import ClassVar, TypeVar

from textual.widget import Widget

from engine.probes.frame import NO_AGGREGATE, AggregateId
from engine.text import escape
from vptop.export.shown import Cell
from vptop.model import units
from vptop.model.box import Box
from vptop.model.cause import unit_of_values
from vptop.model.filterexpr import Filter
from vptop.model.fold import SPANS, Folding, in_words, seconds_of
from vptop.model.histogram import Bucket
from vptop.model.keyfilter import KeyFilter, Passing
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind, stack_columns
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.rows import Key, Measured, RawKey
from vptop.ui.render import numbers
from vptop.ui.render.columns import ALWAYS, Column
from vptop.ui.widgets.lines import LinePanel, is_shown
from vptop.ui.widgets.table import TablePanel
from vptop.ui.worker import Worker

R = TypeVar("R")

LONGEST_KEY, LONGEST_STACK, BESIDE_STACK = 40, 400, 16
"""Cells that a key takes at most, a stack, and another key beside a stack."""
FUNCTION, WHOLE_FUNCTION = 9, 18
"""Cells that a stack takes at least, and that it grows to before others grow: those of the innermost function."""


def chosen(moment: Moment, before: AggregateId) -> AggregateId:
    """The aggregate to show: the first that looks like a histogram, the one shown before while there is none."""
    return moment.first(Kind.HISTOGRAM) or before


def unit_of(moment: Moment, aggregate: AggregateId) -> str:
    """The unit of its buckets: as hinted, microseconds where a disk's completion feeds it."""
    return units.shown(clean(unit_of_values(moment, aggregate)))


class Latencies:
    """Settings that the panels of latencies share."""

    heeds: ClassVar[frozenset[str]] = frozenset()
    """names of those that its lines always depend on"""

    def __init__(self) -> None:
        self.frames = SPANS[0]
        """of the span"""
        self.per_second = False
        """whether counts are divided by the seconds of the span"""
        self.linear = False
        self.lines = False
        """whether what is shown over time is percentiles as lines, not a heat map"""
        self.box: Box | None = None
        """the part of the heat map that is shown; None: all of it"""
        self.keys = KeyFilter()
        """the rows that are shown by their keys beside the bucket, the same in all panels of a view"""

    def depends_on(self, settings: Set[str]) -> bool:
        """Whether its lines are others when these settings have changed."""
        return not settings.isdisjoint(self.heeds)

    @abstractmethod
    def accept(self, chosen: Filter, keys: KeyFilter) -> None:
        """Show only the rows that pass, and of these what the panel's own numbers pass."""

    def of_numbers(self, chosen: Filter, moment: Moment | None, aggregate: AggregateId) -> Filter:
        """The comparisons of a filter, for values in the unit of the buckets."""
        return chosen.of_numbers.in_unit(unit_of_values(moment, aggregate) if moment else "")

    def of_keys(self, title: str) -> str:
        """A title with the filter that it is restricted by."""
        return f"{title} ‹{clean(self.keys.filter.text)}›" if self.keys else title

    @property
    def nothing(self) -> str:
        """What stands in place of what was not counted."""
        what = f"nothing of ‹{clean(self.keys.filter.text)}›" if self.keys else "nothing"
        return f"{what} counted in these seconds"

    def seconds(self, moment: Moment) -> float:
        """What counts are divided by: the guest seconds that they are of, or 1 where they are shown as they are."""
        return self.span_seconds(moment) if self.per_second else 1.0

    def span_seconds(self, moment: Moment) -> float:
        """Guest seconds of the span, or of the box; 1 where there are none."""
        last, frames = (self.box.moment(moment), self.box.frames) if self.box else (moment, self.frames)
        return (seconds_of(last, frames) if last else 0.0) or 1.0

    def counted(self, count: float) -> str:
        """A count in the form that is shown."""
        return numbers.rate(count) if self.per_second else numbers.count(round(count))


def settle(panel: Widget, **settings: object) -> None:
    """Change settings of all panels of latencies on a panel's screen; boxes are those of the latency view alone.

    Without settings, what all of them count has changed.
    """
    for one in panel.screen.query(LinePanel):
        if isinstance(one, Latencies) and not (one.summary and "box" in settings):
            changed = {name for name, value in settings.items() if getattr(one, name) != value}
            for name in changed:
                setattr(one, name, settings[name])
            if is_shown(one) and (not settings or one.depends_on(changed)):
                one.update_rows()


def share_filter(panel: LinePanel[R], chosen: Filter) -> None:
    """Filter all panels of latencies beside a panel: they show the same requests."""
    keys = KeyFilter(chosen)
    for one in [panel] if panel.summary else panel.screen.query(LinePanel):
        if isinstance(one, Latencies) and one.summary == panel.summary:
            one.accept(chosen, keys)


class LatencyTable(TablePanel[R], Latencies):
    """A table of latencies. Subclasses make its rows."""

    empty = "no histogram"

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002
        TablePanel.__init__(self, title, id=id)
        Latencies.__init__(self)
        self.aggregate = NO_AGGREGATE
        self._worker = Worker(self)

    def set_filter(self, chosen: Filter) -> None:
        """Show only the rows that pass, and in all panels of latencies what is counted in them."""
        share_filter(self, chosen)

    def accept(self, chosen: Filter, keys: KeyFilter) -> None:
        """The rows that pass."""
        self.keys = keys
        TablePanel.set_filter(self, chosen)

    def title_text(self) -> str:
        """With the filter."""
        return self.of_keys(super().title_text())


def match_later(panel: LinePanel[R], moment: Moment, keys: KeyFilter, worker: Worker) -> None:
    """Match the rows of intervals that have many in a thread, once for all panels, and draw these again."""
    if keys.busy or not keys.missing:
        return
    missing, keys.missing, keys.busy = keys.missing, [], True

    def take(found: Mapping[Measured, Passing]) -> None:
        keys.busy = False
        keys.take(found)
        settle(panel)

    worker.begin(keys, lambda abandoned: keys.match(moment, missing, abandoned), take)


def in_box(moment: Moment, box: Box | None, frames: int) -> str:
    """Of which seconds and buckets numbers are, in words."""
    if box is None:
        return in_words(moment, frames)
    ago = moment.sequence - box.last
    last = f", {ago} s ago" if ago else ""
    return f"box {numbers.axis(box.low)}–{numbers.axis(box.high)}, {box.frames} s{last}"


def ends_of(bucket: Bucket) -> tuple[Cell, Cell]:
    """The ends of a bucket for a file."""
    return Cell(str(bucket.low), bucket.low), Cell(str(bucket.high), bucket.high)


def key_columns(
    moment: Moment, aggregate: AggregateId, key: Callable[[R], RawKey | Key], left_out: frozenset[int] = frozenset()
) -> list[Column[R]]:
    """A column for each key beside the bucket: a process by its name or number, a stack by its functions.

    Args:
        moment: the newest; rows from before the script was changed may have fewer keys.
        aggregate: which one.
        key: the keys of a row.
        left_out: key columns that the rows do not have.
    """
    if aggregate not in moment.frame.aggregates:
        return []
    data = moment.frame.aggregates[aggregate]
    kept, stacks = Folding(0, left_out).kept(data), stack_columns(moment.measure(aggregate, data))
    shown, texts = Shown.of(moment, aggregate).only(kept), [at - data.integer_keys for at in kept]
    first = len(shown.integers)
    others = BESIDE_STACK if stacks & {*texts} else LONGEST_KEY
    most = [LONGEST_STACK if at in stacks else others for at in texts[first:]]
    return [
        *(
            _key_column(at, shown.titles[at], partial(_integer, at, show, key), others)
            for at, show in enumerate(shown.integers)
            if at
        ),
        *(
            _key_column(first + at, shown.titles[first + at], partial(_string, at, show, key), most[at])
            for at, show in enumerate(shown.strings)
        ),
    ]


def _key_column(at: int, title: str, cell: Callable[[R], str], most: int) -> Column[R]:
    return Column(
        f"key{at}",
        title,
        max(FUNCTION if most == LONGEST_STACK else 5, len(title) + 1),
        cell,
        cell,
        align="<",
        stretch=True,
        most=most,
        first=WHOLE_FUNCTION if most == LONGEST_STACK else 0,
        ascending=True,
        keep=ALWAYS if at == 1 else 9 if most == LONGEST_STACK else 10 - min(at, 6),
        style=lambda _, palette: palette.strong,
    )


def _integer(at: int, show: Callable[[int], str], key: Callable[[R], RawKey | Key], row: R) -> str:
    integers = key(row)[0]
    return clean(show(integers[at])) if at < len(integers) else ""


def _string(at: int, show: Callable[[str], str] | None, key: Callable[[R], RawKey | Key], row: R) -> str:
    texts = key(row)[1]
    if at >= len(texts):
        return ""
    text = texts[at]
    text = text if isinstance(text, str) else escape(text)
    return show(text) if show else clean(text)
