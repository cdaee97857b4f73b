# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of an aggregate summed: over several Frames, and over key columns that are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.probes.frame import AggregateData, AggregateId
from vptop.model.compare import Comparison
from vptop.model.moment import Moment
from vptop.model.rows import Measured, RawKey
from vptop.model.summing import summed

EVERY = 1 << 30
"""More Frames than are ever kept."""
SPANS = (1, 10, 60, EVERY)
"""Frames that numbers may be of; the last is all that is kept."""
MOST_ROWS = 2_000_000
"""Rows of the Frames of a span that are summed; where there are more, the oldest Frames are left out."""
TREND_ROWS = 5_000
"""Rows of an aggregate up to which the trends of folded rows are worked out."""


@dataclass(frozen=True, slots=True)
class Folding:
    """What to sum an aggregate over."""

    frames: int = 0
    """Frames of the span; 0: the rows as the script keeps them"""
    left_out: frozenset[int] = frozenset()
    """key columns that rows are summed over, integers first"""

    def kept(self, data: AggregateData) -> list[int]:
        """The key columns that stay; all of them, when none would."""
        keys = range(data.integer_keys + data.string_keys)
        return [key for key in keys if key not in self.left_out] or [*keys]

    def changes(self, measured: Measured) -> bool:
        """Whether folding gives other rows than the aggregate has."""
        same_span = not self.frames or (self.frames == 1 and measured.per_interval)
        return not same_span or len(self.kept(measured.data)) < measured.data.integer_keys + measured.data.string_keys


def kept(moment: Moment, frames: int) -> int:
    """How many of the last Frames of the machine are still there."""
    return min(frames, moment.sequence - moment.oldest + 1)


def seconds_of(moment: Moment, frames: int) -> float:
    """Guest seconds of the last Frames of the machine that are still there."""
    sequences = range(moment.sequence - kept(moment, frames) + 1, moment.sequence + 1)
    return sum(then.seconds for then in map(moment.session.at, sequences) if then is not None)


def in_words(moment: Moment, frames: int) -> str:
    """Of which time numbers of the last Frames are: `this second`, `10 s`, `all 312 s`."""
    if frames == 1:
        return "this second"
    return f"all {seconds_of(moment, frames):.0f} s" if frames == EVERY else f"{frames} s"


def parts_of(moment: Moment, aggregate: AggregateId, folding: Folding) -> list[Measured]:
    """What is summed: the aggregate in each Frame of a span, or once for Frames in which it was not cleared.

    Oldest first; empty when the aggregate is not in the moment's Frame.
    """
    now = moment.measured(aggregate)
    if now is None:
        return []
    if folding.frames < 2:
        return [now]
    session, sequence = moment.session, moment.sequence
    oldest = max(moment.oldest, sequence - folding.frames + 1)
    found: list[Measured] = []
    rows = 0
    while sequence >= oldest:
        newest = session.measured(sequence, aggregate)
        rows += len(newest) if newest else 0
        if newest is None or not alike(newest.data, now.data) or (found and rows > MOST_ROWS):
            break
        sequence, part = _counted(moment, sequence, oldest, newest)
        if part.known or not found:
            found.append(part)
    return found[::-1]


def since_start(moment: Moment, aggregate: AggregateId) -> tuple[Measured | None, str]:
    """All that is kept of an aggregate, and of which time in words.

    That is the sum of the Frames where it is cleared in each, else its rows as they are, counted since it was loaded.
    """
    measured = moment.measured(aggregate)
    if measured is None or not measured.per_interval:
        return measured, "since loading"
    every = Folding(EVERY)
    return fold(parts_of(moment, aggregate, every), every), in_words(moment, EVERY)


def _counted(moment: Moment, sequence: int, oldest: int, newest: Measured) -> tuple[int, Measured]:
    """What an aggregate counted without being cleared in between, up to a Frame that it is measured in.

    Args:
        moment: of the session.
        sequence: of the Frame.
        oldest: sequence number of the first Frame of the span.
        newest: the aggregate there.

    Returns:
        The sequence number of the Frame before these, and what was counted.
    """
    first, part, aggregate, since = sequence, newest, newest.aggregate, newest.data.since
    while part.before is not None and first > oldest:
        earlier = moment.session.at(first - 1)
        data = earlier.frame.aggregates.get(aggregate) if earlier is not None else None
        if earlier is None or data is None or data.since != since:
            break
        first, part = first - 1, earlier.measure(aggregate, data)
    if first == sequence:
        return first - 1, newest
    before = part.before if part.known else part.data
    began = since if before is None else before.until
    seconds = (newest.data.until - began) / moment.frame.tsc_hz
    return first - 1, Measured(aggregate, newest.data, before, seconds, per_interval=before is None)


def alike(a: AggregateData, b: AggregateData) -> bool:
    """Whether they have the same kinds of keys."""
    return (a.integer_keys, a.string_keys) == (b.integer_keys, b.string_keys)


def fold(parts: Sequence[Measured], folding: Folding) -> Measured:
    """Sum the rows of some intervals, at least one, oldest first, by the keys that stay.

    Without a span the rows keep what the script sees, with one they have the updates of the span; min and max of
    rows that are not cleared are those since loading in either case.
    """
    newest = parts[-1]
    keys = folding.kept(newest.data)
    if not folding.frames and not newest.per_interval:
        before = summed([_as_it_stands(newest, newest.before)], keys) if newest.before is not None else None
        data = summed([_as_it_stands(newest, newest.data)], keys)
        return Measured(newest.aggregate, data, before, newest.seconds)
    seconds = sum(part.seconds for part in parts)
    return Measured(newest.aggregate, summed(parts, keys), None, seconds, per_interval=True)


def _as_it_stands(measured: Measured, data: AggregateData) -> Measured:
    """Rows with the numbers that the script sees."""
    return Measured(measured.aggregate, data, None, 0.0, per_interval=True)


def unfolded(moment: Moment, aggregate: AggregateId, folding: Folding, key: RawKey) -> tuple[Moment, int] | None:
    """The row that was updated most among those summed into a folded one, in the newest Frame that has any.

    Args:
        moment: the last Frame of the span.
        aggregate: the aggregate.
        folding: what was summed over.
        key: the key of the folded row.

    Returns:
        The moment of that Frame and the index of the row in it; None when no Frame has one any more.
    """
    keys: tuple[int | bytes, ...] = (*key[0], *key[1])
    for sequence in range(moment.sequence, moment.sequence - kept(moment, max(1, folding.frames)), -1):
        then, measured = moment.session.at(sequence), moment.session.measured(sequence, aggregate)
        if then is None:
            break
        columns = folding.kept(measured.data) if measured is not None else []
        if measured is None or len(columns) != len(keys):
            continue
        rows = measured.with_keys(dict(zip(columns, keys, strict=True)))
        if len(rows):
            return then, int(rows[measured.hits[rows].argmax()])
    return None


def against(usual: Comparison, now: Measured, folding: Folding) -> Comparison:
    """What an aggregate folds into against the interval of the baseline, folded likewise.

    Args:
        usual: the aggregate as it is in its Frame, against that interval.
        now: what it folds into.
        folding: how.
    """
    if not folding.changes(usual.now):
        return replace(usual, now=now)
    return Comparison(now, fold([usual.baseline], Folding(1, folding.left_out)), usual.baseline)


class FoldedTrends:
    """The rates of folded rows in each Frame, remembered, so that a new Frame costs only itself."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Measured, Mapping[RawKey, float]]] = {}

    def rates(
        self, moment: Moment, aggregate: AggregateId, folding: Folding, key: RawKey, frames: int
    ) -> list[float | None]:
        """Updates per second of a row over the last Frames, oldest first; None where nothing is known."""
        sequences = range(moment.sequence - frames + 1, moment.sequence + 1)
        self._known = {at: known for at, known in self._known.items() if at in sequences}
        found = (self._at(moment, aggregate, folding, sequence) for sequence in sequences)
        return [None if rates is None else rates.get(key, 0.0) for rates in found]

    def _at(
        self, moment: Moment, aggregate: AggregateId, folding: Folding, sequence: int
    ) -> Mapping[RawKey, float] | None:
        measured = moment.session.measured(sequence, aggregate)
        if measured is None or len(measured) > TREND_ROWS:
            return None
        known = self._known.get(sequence)
        if known is None or known[0] is not measured:
            rows = fold([measured], Folding(1, folding.left_out))
            known = self._known[sequence] = measured, {row.raw: row.rate for row in rows}
        return known[1]
