# SPDX-License-Identifier: GPL-2.0-or-later
"""One Frame of a session and the one before it: what panels draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.probes.frame import AggregateData, AggregateId, Frame, labels
from vptop.model.compare import Comparison
from vptop.model.counters import fired
from vptop.model.hints import ViewHint
from vptop.model.kinds import SAMPLE, Kind, guess
from vptop.model.rows import Measured
from vptop.model.selection import count_of

if TYPE_CHECKING:
    from vptop.model.session import Session

KINDS = 1024
"""Guessed pictures that are remembered; when there are more, all are guessed again."""
SEARCHED_ROWS = 5_000
"""Rows of an aggregate up to which a row that comes and goes is searched in each Frame of a trend."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One Frame and the one before it: what panels draw."""

    session: Session
    sequence: int
    frame: Frame
    previous: Frame | None
    """where a script was asked of it but not of this one, with what the machine had counted for that script"""

    @property
    def seconds(self) -> float:
        """Guest seconds of the interval that ended here."""
        return self.since(self.began)

    @property
    def oldest(self) -> int:
        """Sequence number of the oldest Frame here of the same machine: what is summed over a span begins there."""
        return self.session.timeline.ring.machine_of(self.sequence)

    @property
    def began(self) -> int:
        """The tick at which the interval that ended here began."""
        return self.frame.began if self.previous is None else self.previous.tsc

    def since(self, tick: int) -> float:
        """Guest seconds from a tick to this moment."""
        return (self.frame.tsc - tick) / self.frame.tsc_hz

    def moments(self) -> Iterator[Moment]:
        """Every moment of the session that is still there, up to this one, oldest first."""
        for sequence in range(self.session.timeline.ring.first, self.sequence + 1):
            if (moment := self.session.at(sequence)) is not None:
                yield moment

    def detached(self) -> Moment:
        """The same moment and those before it in a session of its own, for another thread."""
        return Moment(self.session.detached(self.sequence + 1), self.sequence, self.frame, self.previous)

    def history(self) -> Iterator[Frame]:
        """The Frames of these moments."""
        return (moment.frame for moment in self.moments())

    def label(self, aggregate: AggregateId) -> str:
        """What to call it, as in `engine.probes.frame.labels`."""
        return labels(self.frame.aggregates).get(aggregate, aggregate.name)

    def hint(self, aggregate: AggregateId) -> ViewHint:
        """How its script wants it shown."""
        return self.session.facts(aggregate.script).views.get(aggregate.name, ViewHint())

    def alarms(self, aggregate: AggregateId) -> int:
        """For how many of its rows a threshold holds that its script gives in a hint."""
        tests, measured = self.hint(aggregate).warn, self.measured(aggregate)
        return count_of(measured, tests) if tests and measured is not None else 0

    def fed_by(self, aggregate: AggregateId) -> frozenset[str]:
        """The probes that update it."""
        return self.session.facts(aggregate.script).fed_by.get(aggregate.name, frozenset())

    def kind(self, aggregate: AggregateId) -> Kind:
        """The picture that fits it."""
        known = self.session.kinds
        if (kind := known.get((self.sequence, aggregate))) is None:
            kind = Kind.TABLE if (measured := self.measured(aggregate)) is None else self.guessed(measured)
            if len(known) >= KINDS:
                known.clear()
            known[self.sequence, aggregate] = kind
        return kind

    def guessed(self, measured: Measured) -> Kind:
        """The picture that fits an aggregate of this moment, by the keys of its first rows."""
        aggregate, keys = measured.aggregate, map(measured.key, range(min(SAMPLE, len(measured))))
        shape = (measured.data.integer_keys, measured.data.string_keys)
        return guess(aggregate.name, shape, keys, self.hint(aggregate), self.fed_by(aggregate))

    def first(self, kind: Kind) -> AggregateId | None:
        """The first aggregate of that kind that has rows."""
        return next((one for one in self.frame.aggregates if self.kind(one) is kind), None)

    def measured(self, aggregate: AggregateId) -> Measured | None:
        """An aggregate over the interval that ended here."""
        return self.session.measured(self.sequence, aggregate)

    def compared(self, aggregate: AggregateId) -> Comparison | None:
        """An aggregate against the baseline; None when nothing is compared, or it was not there."""
        baseline = self.session.baseline
        if baseline is None or not self.session.comparing:
            return None
        now, then = self.measured(aggregate), baseline.measured(aggregate)
        if now is None or then is None or then.data.integer_keys != now.data.integer_keys:
            return None
        return Comparison(now, then)

    def measure(self, aggregate: AggregateId, data: AggregateData) -> Measured:
        """Measure it against the Frame before, if it has not been cleared since then."""
        before = self.previous.aggregates.get(aggregate) if self.previous else None
        return Measured.against(aggregate, data, before, self.began, self.frame.tsc_hz)

    def trend(self, aggregate: AggregateId, index: int, frames: int) -> list[float | None]:
        """Updates per second of one row over the last Frames, oldest first; None where no Frame is known.

        Args:
            aggregate: which one.
            index: of the row in this moment.
            frames: how many Frames, this one included.
        """
        found: list[float | None] = []
        row: int | None = index
        newest, key = self.measured(aggregate), None
        for sequence in range(self.sequence, self.sequence - frames, -1):
            measured = self.session.measured(sequence, aggregate)
            if measured is None:
                found.append(None)
                continue
            if row is None and newest is not None and measured.per_interval and len(measured) <= SEARCHED_ROWS:
                key = key or newest.raw_key(index)
                row = measured.find(key)  # it was not in the Frame after this one
            found.append(measured.rate_of(row) if row is not None else 0.0)
            row = self.session.row_before(sequence, measured, row) if row is not None else None
        return found[::-1]

    def hits(self) -> float:
        """Firings of all probes per guest second."""
        count = sum(sum(fired(script, self.previous, self.began)) for script in self.frame.scripts)
        return count / self.seconds if self.seconds > 0 else 0.0

    def probe_rate(self, script: str, index: int) -> float:
        """Firings of one probe per guest second, of the part of the interval in which it was there."""
        state = next((state for state in self.frame.scripts if state.name == script), None)
        if state is None or index >= len(state.probes):
            return 0.0
        seconds = self.since(max(self.began, state.loaded))
        return fired(state, self.previous, self.began)[index] / seconds if seconds > 0 else 0.0

    def overhead(self) -> float:
        """Share of real time that probes took in the interval, 0 to 1, by their sampled cost."""
        return sum(
            self.probe_share(script.name, index) for script in self.frame.scripts for index in range(len(script.probes))
        )

    def probe_share(self, script: str, index: int) -> float:
        """The same of one probe: as the host spends real time, a guest that runs faster has more of it in probes."""
        probes = next((state.probes for state in self.frame.scripts if state.name == script), ())
        cost = probes[index].ns_per_hit if index < len(probes) else 0
        speed = self.speed()
        return self.probe_rate(script, index) * cost / 1e9 * (1.0 if speed is None else speed)

    def speed(self) -> float | None:
        """Guest seconds per wall second in the interval that ended here; None where none were measured."""
        if self.previous is None or self.frame.paused:
            return None
        wall = self.frame.wall_seconds - self.previous.wall_seconds
        return self.seconds / wall if wall > 0 and self.seconds > 0 else None

    def blocks(self) -> float | None:
        """Guest code blocks executed per guest second; None where the Frame before is not known."""
        if self.previous is None:
            return None
        return (self.frame.blocks - self.previous.blocks) / self.seconds if self.seconds > 0 else 0.0

    def dropped(self) -> int:
        """What was lost to limits since loading: updates of aggregates, log bytes."""
        return self.frame.log_dropped + sum(data.dropped for data in self.frame.aggregates.values())
