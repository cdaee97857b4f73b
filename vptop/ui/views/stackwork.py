# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panels of stacks have in common: the stacks of a window of Frames, summed in a thread when they are many."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.message import Message

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.export import folded
from vptop.export.samples import Sample
from vptop.model.calltree import NO_CALLS
from vptop.model.cause import busiest
from vptop.model.flame import samples
from vptop.model.fold import EVERY, Folding, alike, fold, kept
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.rows import Key, Measured
from vptop.model.stacks import Namer, Stacks
from vptop.ui.actions import Action, Scope, bindings, key_of
from vptop.ui.render import numbers, tree
from vptop.ui.widgets.leads import Drill, Lead, address_of, code_lead, name_leads, row_leads
from vptop.ui.widgets.lines import LIST, LinePanel, is_shown
from vptop.ui.worker import Worker

R = TypeVar("R")
Counts = Mapping[Key, int]
"""Samples by the keys of their row."""

MOST_STACKS = 100_000
"""Different stacks that are drawn: those that were seen most often."""
AT_ONCE = 1_000
"""Rows up to which stacks are summed before the next paint; of more, in a thread."""
REMEMBERED = 50_000
"""Rows of the intervals of a span up to which these are counted one by one, and kept for the next Frame."""
BATCH = 2_000_000
"""Rows of intervals that are summed at once, where there are more than that."""
SPANS = (30, 60, EVERY, 10)
"""Frames whose stacks are shown together: one second alone is too few samples to read."""
STACKS = Scope(
    "Stacks",
    (
        Action("stacks.form", "T", "form", "tree, flame graph or flat list", "Form"),
        Action("stacks.span", "w", "span", "samples of 10 s, 30 s, 60 s, or of all that is kept", "Span"),
        Action("stacks.rate", "S", "rate", "samples, or samples per second", "Samples/s"),
        Action("stacks.invert", "i", "invert", "callers below callees, and back", "Invert"),
        Action("stacks.subtree", "asterisk", "subtree", "expand everything below"),
        Action("stacks.match", "n", "match(1)", "next function that the filter names"),
        Action("stacks.match_back", "N", "match(-1)", "previous one"),
    ),
)


class NextForm(Message):
    """The person wants the stacks in the form that comes after that of the panel."""


@dataclass(frozen=True)
class Question:
    """Which stacks are to be summed, and how."""

    aggregate: AggregateId
    sequence: int
    inverted: bool
    frames: int = SPANS[0]
    """of the span"""
    baseline: int | None = None
    """sequence number of the moment to compare with"""
    replaced: int = 0
    """Frames that were replaced until it was asked"""
    left_out: frozenset[int] = frozenset()
    """key columns that are no part of the stacks"""


@dataclass(frozen=True)
class Summed:
    """The answer."""

    question: Question
    stacks: Stacks
    known: Mapping[Measured, Counts]
    """what was counted in each interval, to be kept for the next Frame"""
    left_out: int = 0
    """samples whose stacks are too rare to be drawn"""


class StackSource(LinePanel[R]):
    """A panel over the stacks of the last Frames. Subclasses lay `stacks` out as rows."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STACKS)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (LIST, STACKS)
    empty = "no stacks; load a script whose aggregate has what gueststack gives as a string key"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Guest stacks", digit=5, id=id)
        self.aggregate = NO_AGGREGATE
        self.asked: AggregateId | None = None
        """the aggregate that a row of another view led to; None: the first that holds stacks"""
        self.inverted = False
        self.frames = SPANS[0]
        """of the span"""
        self.per_second = False
        """whether samples are divided by the seconds of the span"""
        self.stacks = Stacks(NO_CALLS)
        self._left_out = 0
        """samples whose stacks are too rare to be drawn"""
        self._seconds = 1.0
        """guest seconds of these"""
        self._worker = Worker(self)
        self._shown: Question | None = None
        self._known: Mapping[Measured, Counts] = {}
        """what was counted in each interval of the span, so that a new Frame costs only itself"""

    @abstractmethod
    def lay_out(self) -> Sequence[R]:
        """The rows of `stacks`."""

    def collect(self, moment: Moment) -> Sequence[R]:
        """Sum the stacks when they are new, at once or later, and lay out what there is."""
        asked = self.asked if self.asked in moment.frame.aggregates else None
        self.aggregate = asked or moment.first(Kind.STACKS) or self.aggregate
        baseline = moment.session.baseline if moment.session.comparing else None
        compared = baseline.moment.sequence if baseline else None
        replaced, hidden = moment.session.replaced, moment.hint(self.aggregate).hidden
        question = Question(self.aggregate, moment.sequence, self.inverted, self.frames, compared, replaced, hidden)
        if question != self._shown and not self._worker.busy:
            self._sum(moment, question)
        return self.lay_out()

    def _sum(self, moment: Moment, question: Question) -> None:
        known = window(moment, self.aggregate, self.frames)
        self._seconds = sum(measured.seconds for measured in known) or 1.0
        baseline = moment.session.baseline if question.baseline is not None else None
        before = window(baseline.moment, self.aggregate, self.frames) if baseline else None
        rows = sum(map(len, (*known, *(before or ()))))
        namer = moment.session.namer
        if rows <= AT_ONCE:
            self._take(self._work(question, known, before, namer, self._known))
            return
        counted, self._known = self._known, {}

        def work(_: Callable[[], bool]) -> Summed:
            made = self._work(question, known, before, namer, counted)
            if not question.inverted:
                len(made.stacks.functions)  # works them out in this thread
            return made

        self._worker.begin(self.aggregate, work, self._finish)

    def _work(
        self,
        question: Question,
        known: Sequence[Measured],
        before: Sequence[Measured] | None,
        namer: Namer,
        counted: Mapping[Measured, Counts],
    ) -> Summed:
        """Sum intervals, those of `counted` without counting them again, or many rows all together."""
        intervals = (*known, *(before or ()))
        if sum(map(len, intervals)) > REMEMBERED:
            then = None if before is None else totals(before, question.left_out)
            stacks = summed(totals(known, question.left_out), namer, inverted=question.inverted, baseline=then)
            return Summed(question, stacks, {}, sum(one.total_hits for one in known) - stacks.root.total)
        now = {one: counted.get(one) or counts_of(one, question.left_out) for one in intervals}
        then = None if before is None else [now[one] for one in before]
        stacks = summed([now[one] for one in known], namer, inverted=question.inverted, baseline=then)
        return Summed(question, stacks, now)

    def _take(self, summed: Summed) -> None:
        self.stacks, self._shown, self._known = summed.stacks, summed.question, summed.known
        self._left_out = summed.left_out

    def _finish(self, summed: Summed) -> None:
        """Show the result; when another one is wanted by now, go on with that."""
        self._take(summed)
        self.update_rows()

    def status(self) -> str:
        """How many samples these are."""
        working = " · summing…" if self._worker.busy else ""
        cut = f" · {numbers.count(self.stacks.cut)} cut off" if self.stacks.cut else ""
        cut += f" · {numbers.count(self._left_out)} of rare stacks left out" if self._left_out else ""
        return f"{self.subject()}{cut}{working}"

    def subject(self) -> str:
        """The aggregate, and how many samples of how many seconds."""
        label = clean(self.moment.label(self.aggregate)) if self.moment and self.aggregate.name else ""
        if not self.stacks.root.total:
            return label
        samples = tree.samples(self.stacks.root.total, self.divisor)
        return f"{label} · {samples} in {max(0.1, round(self._seconds, 1)):g} s"

    def explain_empty(self) -> str:
        """Whether no stack passes, or those that are asked for are not summed yet."""
        return "summing…" if self._worker.busy else super().explain_empty()

    @property
    def divisor(self) -> float | None:
        """Guest seconds that samples are divided by; None where they are shown as they are."""
        return self._seconds if self.per_second else None

    def label_of(self, row: R) -> str:
        """The function, or other label, that the cursor is on."""
        return ""

    def path_of(self, row: R) -> tuple[tuple[str, ...], int]:
        """The functions from the root of the tree to a row, and how often they were seen."""
        return (), 0

    def places(self) -> Sequence[tuple[str, Hashable]]:
        """The functions on screen in their order, each with its place."""
        return [(self.label_of(row), at) for at, row in enumerate(self.rows)]

    @property
    def place(self) -> Hashable:
        """That of the cursor."""
        return self.cursor

    def go_to(self, place: Hashable) -> None:
        """Move the cursor to one of the places."""
        if isinstance(place, int):
            self._move_to(place)

    def action_match(self, step: int) -> None:
        """Go to the next function whose name passes the filter, or to the one before; past the last, the first."""
        if not self.filter:
            self.post_message(self.Said(f"no filter to look for; {key_of(self.app, 'filter.open')} sets one", "warn"))
            return
        places = self.places()
        here = next((at for at, (_, place) in enumerate(places) if place == self.place), 0)
        for ahead in range(1, len(places) + 1):
            label, place = places[(here + step * ahead) % len(places)]
            if self.filter(label, {}):
                self.go_to(place)
                return
        self.post_message(self.Said("no function here passes the filter", "warn"))

    def copies(self) -> Sequence[tuple[str, str]]:
        """The row, the function, and the way to it as a folded stack."""
        if (row := self.current) is None:
            return []
        path, count = self.path_of(row)
        stack = f"{folded.stack(reversed(path) if self.inverted else path)} {count}"
        return [*super().copies()[:1], ("function", self.label_of(row)), ("folded stack", stack)]

    def leads(self) -> Sequence[Lead]:
        """The code of the function, and the probes that take the stacks."""
        row, moment = self.current, self.moment
        if row is None or moment is None:
            return ()
        label = self.label_of(row)
        address = address_of(moment.session.symbols, label)
        found = name_leads(moment, label) if address is None else [code_lead(moment.session.symbols, address)]
        others = [lead for lead in found if not (isinstance(lead.message, Drill) and lead.message.view == "stacks")]
        namer = moment.session.namer
        stack = busiest(moment, self.aggregate, lambda key: label in namer.labels(key)[0])
        return [*others, *row_leads(moment, self.aggregate, stack)]

    def shown_samples(self) -> Callable[[], Iterable[Sample]]:
        """Gives the stacks that are shown: those of the span that pass the filter."""
        return partial(samples, self.stacks.root, inverted=self.inverted, chosen=self.filter)

    def about(self, aggregate: AggregateId | None) -> None:
        """Show the stacks of that aggregate in every form; None: those of the first that holds stacks."""
        for panel in self.screen.query(LinePanel):
            if isinstance(panel, StackSource) and not panel.summary and panel.asked != aggregate:
                panel.asked = aggregate
                panel.start_over()

    def action_span(self) -> None:
        """Samples of the next longer span."""
        self._settle(SPANS[(SPANS.index(self.frames) + 1) % len(SPANS)], per_second=self.per_second)

    def action_rate(self) -> None:
        """Samples, or samples per second of the span."""
        self._settle(self.frames, per_second=not self.per_second)

    def _settle(self, frames: int, *, per_second: bool) -> None:
        """Change the settings of all panels of stacks, whatever their form."""
        for panel in self.screen.query(LinePanel):
            if isinstance(panel, StackSource):
                panel.frames, panel.per_second = frames, per_second
                if is_shown(panel):
                    panel.update_rows()

    def action_invert(self) -> None:
        """From the innermost function outwards, and back."""
        self.inverted = not self.inverted
        self.start_over()

    def start_over(self) -> None:
        """Forget what the person opened and where the cursor was."""
        self._held = None
        self.cursor = 0
        self.update_rows()


def window(moment: Moment, aggregate: AggregateId, frames: int) -> list[Measured]:
    """The aggregate in the last Frames up to a moment; of those that are gone, in that moment alone."""
    sequences = range(moment.sequence - max(1, kept(moment, frames)) + 1, moment.sequence + 1)
    found = [moment.session.measured(sequence, aggregate) for sequence in sequences]
    known = [one for one in found if one is not None and (one.known or one is found[-1])]
    data = moment.frame.aggregates.get(aggregate)
    return known or ([moment.measure(aggregate, data)] if data is not None else [])


def counts_of(measured: Measured, left_out: frozenset[int] = frozenset()) -> Counts:
    """The stacks that were seen most often in an interval, with their counts; these key columns are summed over."""
    if left_out:
        measured = fold([measured], Folding(1, left_out))
    return {measured.key(at): int(measured.hits[at]) for at in measured.busiest(MOST_STACKS)}


def totals(intervals: Sequence[Measured], left_out: frozenset[int] = frozenset()) -> list[Counts]:
    """The same of some intervals, whose rows are summed as columns before."""
    found: list[Counts] = []
    batch: list[Measured] = []
    for one, following in zip(intervals, (*intervals[1:], None), strict=True):
        batch.append(one)
        if following is None or not alike(following.data, one.data) or sum(map(len, batch)) + len(following) > BATCH:
            found.append(counts_of(fold(batch, Folding(len(batch), left_out))))
            batch = []
    return found


def summed(
    known: Iterable[Counts], namer: Namer, *, inverted: bool, baseline: Iterable[Counts] | None = None
) -> Stacks:
    """The stacks of these intervals as one tree, compared with those of the baseline's."""
    before = None if baseline is None else _sum(baseline).items()
    return namer.tree(_sum(known).items(), inverted=inverted, baseline=before)


def _sum(intervals: Iterable[Counts]) -> Counts:
    total: Counter[Key] = Counter()
    for counts in intervals:
        total.update(counts)
    return total
