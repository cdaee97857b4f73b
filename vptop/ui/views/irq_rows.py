# SPDX-License-Identifier: GPL-2.0-or-later
"""The processes of an aggregate of interrupts: counted at once when it has few rows, in a thread when many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from engine.probes.frame import NO_AGGREGATE, AggregateId
from vptop.model.filterexpr import NO_FILTER, Comparison, Filter
from vptop.model.fold import SPANS, Folding, parts_of
from vptop.model.irq import AT_ONCE, IrqHistory, Process, compared, has_keys, keys_of, processes
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.processkeys import ProcessKeys, looked_into
from vptop.model.tally import Tally, against, numbers, tally
from vptop.ui.widgets.table import TablePanel
from vptop.ui.worker import Worker

FADING = 0.98
"""How much of a vector's weight is left a second later: columns come and go slowly."""
NO_KEYS = ProcessKeys(1)
"""A name alone tells processes apart."""
MOST_FADING = 256
"""Vectors whose weight is remembered."""


@dataclass(frozen=True, slots=True)
class Question:
    """Of which interrupts the processes are to be counted."""

    aggregate: AggregateId
    keys: ProcessKeys
    """those that tell processes apart"""
    edition: tuple[int, int]
    """of the newest Frame"""
    frames: int
    """of the span"""
    baseline: Hashable
    """the moment to compare with; None: with none"""
    filter: Filter
    """where not all processes can be told one by one"""

    @property
    def subject(self) -> Hashable:
        """What it is about, whichever Frame is the newest."""
        return self.aggregate, self.keys, self.frames, self.baseline, self.filter


@dataclass(frozen=True, slots=True)
class Counted:
    """The result."""

    now: Tally = field(default_factory=Tally)
    """of the span"""
    second: Tally | None = None
    """of the newest interval alone"""
    rows: Sequence[Process] = ()
    """the processes of the span, compared with the baseline where there is one"""


def _rows(now: Tally, baseline: Tally | None) -> Sequence[Process]:
    found = processes(now)
    return found if baseline is None else compared(found, baseline)


class IrqRows(TablePanel[Process]):
    """A table of processes. Subclasses lay it out."""

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None) -> None:  # noqa: A002
        super().__init__(title, digit=digit, id=id)
        self.aggregate = NO_AGGREGATE
        self.frames = SPANS[0]
        self.keys = NO_KEYS
        self.history = IrqHistory()
        self.counted = Counted()
        self.busy: dict[int, float] = {}
        """rates of the vectors, those of before faded"""
        self._shown: Question | None = None
        self._worker = Worker(self)

    def items(self, moment: Moment) -> Iterable[Process]:
        """The processes of the first aggregate that looks like interrupts; of the last result until there is one."""
        self.aggregate = moment.first(Kind.TOP) or self.aggregate
        measured = moment.measured(self.aggregate)
        self.keys = (keys_of(moment, measured) if measured is not None else None) or self.keys
        question = self._question(moment)
        if question != self._shown:
            self._count(moment, question)
        return self.counted.rows

    def _question(self, moment: Moment) -> Question:
        session = moment.session
        baseline = session.baseline if session.comparing else None
        asked = self.filter if self.counted.now.every.processes > len(self.counted.now.totals) else NO_FILTER
        edition = session.edition(moment.sequence)
        return Question(self.aggregate, self.keys, edition, self.frames, baseline and baseline.moment.sequence, asked)

    def _count(self, moment: Moment, question: Question) -> None:
        newest, comparison = moment.measured(self.aggregate), moment.compared(self.aggregate)
        if newest is None:
            self._take(question, Counted())
            return
        keys = question.keys
        then = comparison.baseline if comparison and has_keys(comparison.baseline, keys) else None
        now = self.history.span(moment, self.aggregate, keys, self.frames)
        base = tally([then], keys) if then is not None and len(then) <= AT_ONCE else None
        comparable = then is None or (base is not None and base.whole)
        if now is not None and comparable and (now.whole or (then is None and not question.filter)):
            self._take(question, Counted(now, None, _rows(now, base)))
            return
        parts = parts_of(moment, self.aggregate, Folding(self.frames))

        def count(abandoned: Callable[[], bool]) -> Counted:
            if then is None:
                found, base = tally(parts, keys, question.filter, abandoned), None
            else:
                found, base = against(parts, then, keys, question.filter, abandoned)
            second = found if parts == [newest] else tally([newest], keys, question.filter, abandoned)
            return Counted(found, second, _rows(found, base))

        self._worker.begin(question.subject, count, partial(self._finish, question))

    def _finish(self, question: Question, counted: Counted) -> None:
        """Show the result; when there is a newer Frame by now, count again."""
        if counted.second is not None:
            self.history.learn(question.aggregate, question.keys, question.edition, counted.second)
        self._take(question, counted)
        self.update_rows()

    def _take(self, question: Question, counted: Counted) -> None:
        self._worker.drop()
        self._shown, self.counted = question, counted
        now = counted.now
        faded = {vector: weight * FADING for vector, weight in self.busy.items()}
        for vector, count in now.every.vectors.items() if now.seconds > 0 else ():
            faded[vector] = faded.get(vector, 0.0) + count / now.seconds
        self.busy = {vector: faded[vector] for vector in sorted(faded, key=lambda one: -faded[one])[:MOST_FADING]}

    @property
    def counting(self) -> bool:
        """Whether a thread is at work."""
        return self._worker.busy

    def key(self, row: Process) -> Hashable:
        """The process, family or vector."""
        return row.key

    def passes(self, row: Process) -> bool:
        """Whether each word of the filter is true of its name, or of its number."""
        numbers, name = self.numbers(row), clean(row.name)
        pid = "" if row.process is None or row.process.pid is None else str(row.process.pid)
        for term in self.filter.terms:
            if isinstance(term.test, Comparison):
                passes = term(name, numbers)
            else:
                in_name, in_pid = looked_into(term.test)
                held = (in_name and term.test.matches(name)) or (in_pid and bool(pid) and term.test.matches(pid))
                passes = held is not term.negated
            if not passes:
                return False
        return True

    def numbers(self, row: Process) -> Mapping[str, float]:
        """What a filter may compare."""
        return numbers(row.count, row.rate, row.share)

    def explain_empty(self) -> str:
        """Whether nothing counts interrupts, or there were none, or they are still to be counted."""
        if self.counting:
            return "counting…"
        counted = self.moment and self.aggregate in self.moment.frame.aggregates and not self.filter
        return "no interrupts counted in this span" if counted else super().explain_empty()
