# SPDX-License-Identifier: GPL-2.0-or-later
"""What to ask the past so that a row or a line leads to the firing that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from engine.probes.frame import MAX, MIN, AggregateId
from engine.vm.past.messages import Why
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.rows import Key, Measured
from vptop.model.transcript import Line

MARGIN = 3.0
"""Guest seconds for which the script runs before the interval that is asked about, so that it knows what had begun."""
MOST = 20_000
"""Rows of a Frame that are looked through."""
_PER_SECOND = {"ns": 10**9, "us": 10**6, "ms": 10**3, "s": 1}


@dataclass(frozen=True, slots=True)
class Cause:
    """A question, and what it is about in words."""

    question: Why
    what: str
    sequence: int
    """of the Frame at the end of the interval that is asked"""
    least: int = 0
    """ticks that a duration took at least, where a key of the row tells that; 0: none does"""


def unit_of_values(moment: Moment, aggregate: AggregateId) -> str:
    """The unit of its values or buckets: as hinted, microseconds where a disk's completion feeds it; empty: unknown."""
    return moment.hint(aggregate).unit or ("us" if "Disk_IOFinish" in moment.fed_by(aggregate) else "")


def of_row(moment: Moment, aggregate: AggregateId, index: int) -> Cause | None:
    """What to ask about a row of a moment; None where its machine or script is not known any more."""
    measured = moment.measured(aggregate)
    source = moment.session.sources.get(aggregate.script)
    if measured is None or source is None or moment.session.is_replay:
        return None
    integers, strings = key = measured.key(index)
    then = _interval(moment, aggregate, index)
    ticks = moment.frame.tsc_hz // _PER_SECOND.get(unit_of_values(moment, aggregate), moment.frame.tsc_hz + 1)
    in_key = moment.kind(aggregate) is Kind.HISTOGRAM
    question = Why(
        0,
        aggregate.script,
        source,
        aggregate.name,
        integers,
        strings,
        0 if in_key else ticks,
    )
    return Cause(
        _within(then, question),
        f"{moment.label(aggregate)}[{_keys(moment, aggregate, key)}]",
        then.sequence,
        integers[0] * ticks if in_key else 0,
    )


def of_line(moment: Moment, line: Line) -> Cause | None:
    """What to ask about a line that a script printed; None where its script is not known any more."""
    session, then = moment.session, moment.session.at(line.sequence)
    script = line.by.script
    if then is None or script not in session.sources or session.is_replay or line.is_aggregate:
        return None
    same = (line.sequence, line.text, script)
    others = [one for one in session.log.until(line.sequence) if (one.sequence, one.text, one.by.script) == same]
    occurrence = 1 + sum(one.number < line.number for one in others)
    source = session.sources[script]
    question = Why(0, script, source, printed=line.text, occurrence=occurrence)
    return Cause(_within(then, question), f"the line {line.text!r}", then.sequence)


def busiest(moment: Moment, aggregate: AggregateId, fits: Callable[[Key], bool]) -> int | None:
    """The row with most updates in the interval among those whose keys fit; None: there is none."""
    measured = moment.measured(aggregate)
    if measured is None:
        return None
    rows = sorted(measured.busiest(MOST), key=lambda row: -int(measured.hits[row]))
    return next((row for row in rows if fits(measured.key(row))), None)


def slowest(
    moment: Moment, aggregate: AggregateId, frames: int, fits: Callable[[Key], bool] = lambda _: True
) -> tuple[Moment, int] | None:
    """The row with the highest bucket in the last Frames, and its moment; of equal ones the newest."""
    found: tuple[int, Moment, int] | None = None
    for sequence in range(moment.sequence, max(moment.oldest - 1, moment.sequence - frames), -1):
        then, measured = moment.session.at(sequence), moment.session.measured(sequence, aggregate)
        if then is None or measured is None or not measured.data.integer_keys:
            continue
        for row in measured.busiest(MOST):
            low = measured.integers.number(row, 0)
            if (found is None or low > found[0]) and fits(measured.key(row)):
                found = low, then, row
    return found[1:] if found else None


def _keys(moment: Moment, aggregate: AggregateId, key: Key) -> str:
    """The keys of a row as its table shows them."""
    shown = Shown.of(moment, aggregate)
    integers = (show(number) for show, number in zip(shown.integers, key[0], strict=True))
    strings = (show(text) if show else text for show, text in zip(shown.strings, key[1], strict=True))
    return ", ".join((*integers, *map(repr, strings)))


def _within(then: Moment, question: Why) -> Why:
    """The question about the interval that ended at a moment."""
    since = then.previous.guest_seconds if then.previous is not None else 0.0
    return replace(question, begin=max(0.0, since - MARGIN), since=since, until=then.frame.guest_seconds)


def _interval(moment: Moment, aggregate: AggregateId, index: int) -> Moment:
    """The moment at the end of the interval in which a row got its largest value; of equal values, the last one."""
    last = moment
    for then, measured, row in _back(moment, aggregate, index):
        last = then
        was = measured.index_before(row)
        low, high = measured.values.number(row, MIN), measured.values.number(row, MAX)
        if measured.per_interval or low == high:
            if int(measured.hits[row]):
                break
        elif was is None or measured.before is None or measured.values_before.number(was, MAX) < high:
            break
    return last


def _back(moment: Moment, aggregate: AggregateId, index: int) -> Iterator[tuple[Moment, Measured, int]]:
    """A row in the moments that are still there, from one back to where it was not."""
    row: int | None = index
    for sequence in range(moment.sequence, moment.oldest - 1, -1):
        then, measured = moment.session.at(sequence), moment.session.measured(sequence, aggregate)
        if then is None or measured is None or row is None:
            return
        yield then, measured, row
        row = moment.session.row_before(sequence, measured, row)
