# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything the dashboard knows of one VM: its Frames, its scripts, its symbols. A Moment of it is what is shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import islice

from msgspec.structs import replace

from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateData, AggregateId, Frame, labels
from engine.vm.past.messages import PastKept
from vptop.model.asked import Boundaries
from vptop.model.baseline import Baseline, Reload
from vptop.model.compare import Comparison
from vptop.model.console import GLANCE, Console, written
from vptop.model.counters import fired
from vptop.model.hints import ViewHint
from vptop.model.kinds import SAMPLE, Kind, guess
from vptop.model.prepared import Prepared
from vptop.model.ring import Ring, Timeline, follows
from vptop.model.rows import Measured
from vptop.model.script import ScriptFacts, read_script
from vptop.model.selection import count_of
from vptop.model.stacks import Namer
from vptop.model.transcript import Transcript, spans

MEASURED_ROWS = 4_000_000
"""Rows of measured aggregates that are kept for trends and scrubbing: at most 8 bytes each beside the Frame's."""
MEASURED_LEAST = 16
"""Measured aggregates that are kept, however large."""
MEASURED_MOST = 2048
"""Measured aggregates that are kept, however small: one of few rows takes about 4 KB."""
KINDS = 1024
"""Guessed pictures that are remembered; when there are more, all are guessed again."""
SEARCHED_ROWS = 5_000
"""Rows of an aggregate up to which a row that comes and goes is searched in each Frame of a trend."""


class Session:
    """The Frames of one VM and what is needed to read them."""

    def __init__(self, ring: Ring | None = None) -> None:
        self.timeline = Timeline(ring)
        self.log = Transcript()
        self.console = Console()
        self.sources: dict[str, str] = {}
        """text of each loaded script by name"""
        self.reloads: list[Reload] = []
        self.refused: dict[tuple[str, int], str] = {}
        """why probes, by script and number there, could not be switched as the person wanted"""
        self.guest = ""
        self.vcpus = 1
        self.vectors: Mapping[int, str] = {}
        """what the guest uses interrupt vectors for"""
        self.baseline: Baseline | None = None
        self.comparing = False
        """show differences from the baseline"""
        self.refresh = 1
        """guest seconds from one picture of the live machine to the next"""
        self.capturing: int | None = None
        """Frames that went to the capture that is being made; None: none is"""
        self.past = PastKept((), 0, 0, "no past is kept yet")
        """which past of the machine can be asked"""
        self.is_replay = False
        """it is read from a capture: nothing comes any more"""
        self.ended = False
        """the machine has, and takes no requests"""
        self.folded = 0
        """Frames that the VM summed up because we read too slowly"""
        self.replaced = 0
        """Frames that were replaced because a script was asked afterwards"""
        self._boundaries = Boundaries()
        self._editions: dict[int, int] = {}
        self.kinds: dict[tuple[int, AggregateId], Kind] = {}
        """pictures that were guessed for aggregates of Frames, by sequence number"""
        self._facts: dict[str, ScriptFacts] = {}
        self._measured: OrderedDict[tuple[int, AggregateId], Measured] = OrderedDict()
        self._measured_rows = 0
        self._prepared = Prepared()
        self.set_symbols(Symbols())

    def set_symbols(self, symbols: Symbols) -> None:
        """Use these names for guest addresses."""
        self.symbols = symbols
        self.namer = Namer(symbols)

    def set_source(self, name: str, source: str, facts: ScriptFacts | None = None) -> None:
        """A script was loaded (again); its facts are read if they are not given."""
        self.sources[name] = source
        self._facts[name] = facts or read_script(source, name)
        self.kinds.clear()

    def prepare(self, frame: Frame) -> None:
        """Measure the large aggregates of a Frame that is about to be added, in any thread."""
        self._prepared.measure(Moment(self, -1, frame, self._prepared.before(frame)))

    def add(self, frame: Frame) -> None:
        """Take a new Frame."""
        end = self.timeline.ring.end
        newest = self._boundaries.before(end, self.timeline.ring.get(end - 1))
        self.timeline.ring.append(frame)
        sequence = self.timeline.ring.end - 1
        self._forget(self.timeline.ring.first)
        for measured in self._prepared.take(self.at(sequence)):
            self._keep((sequence, measured.aggregate), measured)
        self.log.add(frame.log, sequence, spans(frame))
        if newest is not None and not follows(frame, newest):
            self.console = Console()  # of another machine
        self.console.add(frame.console)
        before = {script.name: script.generation for script in newest.scripts} if newest else {}
        for script in frame.scripts:
            if newest and script.generation > before.get(script.name, 0) >= 1:
                self.reloads.append(Reload(sequence, script.name, script.generation))
                self.set_baseline(self.at(sequence - 1), f"before {script.name} v{script.generation}")
        self.reloads = [reload for reload in self.reloads if reload.sequence >= self.timeline.ring.first]

    def add_asked(self, asked: Frame, question: int = 0) -> bool:
        """Put what a question has found afterwards into the Frame of that second; False when that is not here."""
        ring, names, rest = self.timeline.ring, {script.name for script in asked.scripts}, asked
        places = ring.find(asked.tsc)
        if not places:
            return False
        for sequence in places:  # several where the machine stood: the first one has what was printed
            if (frame := ring.get(sequence)) is not None:
                ring.replace(sequence, self._boundaries.put(sequence, frame, rest, question, ring.get(sequence - 1)))
            self.log.replace(rest.log, sequence, spans(rest), names)
            rest = replace(asked, log="", log_parts=())
        self.replaced += 1
        changed = range(places.start, places.stop + 1)  # the next one is measured against the last of these
        self._editions.update(dict.fromkeys(changed, self.replaced))
        self.kinds.clear()
        for key in [key for key in self._measured if key[0] in changed]:
            self._measured_rows -= len(self._measured.pop(key))
        return True

    def edition(self, sequence: int) -> tuple[int, int]:
        """Names what is known of the interval that ended with a Frame; another one after a script was asked of it."""
        return sequence, self._editions.get(sequence, 0)

    def console_at(self, since: int, text: str) -> list[str]:
        """The lines of the guest's console at a moment.

        Args:
            since: tick of a Frame.
            text: what the guest wrote from then on.
        """
        ring = self.timeline.ring
        frames = islice(ring, ring.newest_machine() - ring.first, None)
        return written("".join(frame.console for frame in frames if frame.tsc <= since) + text).lines

    def console_of(self, sequence: int) -> Console:
        """The guest's console as that Frame left it."""
        ring = self.timeline.ring
        frames = islice(ring, ring.machine_of(sequence) - ring.first, sequence + 1 - ring.first)
        return written("".join(frame.console for frame in frames), GLANCE)

    def set_baseline(self, moment: Moment | None, why: str = "") -> None:
        """Compare with that moment from now on; None: with none."""
        self.baseline = Baseline(moment, why) if moment else None
        self.comparing = self.comparing and moment is not None

    def _forget(self, first: int) -> None:
        """Let go of what holds Frames before that one; the oldest that is left is measured against nothing."""
        self._boundaries.forget(first)
        self._editions = {at: edition for at, edition in self._editions.items() if at >= first}
        for key, measured in [*self._measured.items()]:
            measured.shrink()
            if key[0] < first or (key[0] == first and first and measured.previous is not None):
                self._measured_rows -= len(self._measured.pop(key))
                if measured.per_interval and (alone := self.measured(*key)) is not None:
                    alone.adopt(measured)

    def moment(self) -> Moment | None:
        """What is to be shown; None before the first Frame."""
        return self.at(self.timeline.cursor)

    def at(self, sequence: int) -> Moment | None:
        """The moment of that Frame, when it is (still) there."""
        frame = self.timeline.ring.get(sequence)
        earlier = self._boundaries.before(sequence, self.timeline.ring.get(sequence - 1))
        if frame is None:
            return None
        if earlier is not None and not follows(frame, earlier):
            earlier = None  # of the machine that was before this one
        return Moment(self, sequence, frame, earlier)

    def facts(self, script: str) -> ScriptFacts:
        """What was read off the text of a script."""
        return self._facts.get(script, ScriptFacts())

    def detached(self, end: int) -> Session:
        """What is known of the Frames before that one, for another thread: nothing that comes later changes it."""
        len(self.symbols)  # sorts them in this thread, if nothing has needed them yet
        made = copy(self)
        made.detach(end)
        return made

    def detach(self, end: int) -> None:
        """Share nothing that changes with the session that this is a copy of; end before a Frame."""
        self.timeline = Timeline(self.timeline.ring.before(end))
        self.log, self.console = Transcript(), Console()
        self.sources, self.refused, self.reloads = dict(self.sources), dict(self.refused), list(self.reloads)
        self.kinds, self._facts, self._editions = {}, dict(self._facts), dict(self._editions)
        self._measured, self._measured_rows, self._prepared = OrderedDict(), 0, Prepared()
        self.set_symbols(self.symbols)

    def measured(self, sequence: int, aggregate: AggregateId) -> Measured | None:
        """An aggregate over the interval that ended with that Frame; None when it is not in it."""
        key = sequence, aggregate
        if (known := self._measured.get(key)) is not None:
            self._measured.move_to_end(key)
            return known
        moment = self.at(sequence)
        if moment is None or (data := moment.frame.aggregates.get(aggregate)) is None:
            return None
        return self._keep(key, moment.measure(aggregate, data))

    def _keep(self, key: tuple[int, AggregateId], measured: Measured) -> Measured:
        self._measured[key] = measured
        self._measured_rows += len(measured)
        while len(self._measured) > (MEASURED_MOST if self._measured_rows <= MEASURED_ROWS else MEASURED_LEAST):
            _, old = self._measured.popitem(last=False)
            self._measured_rows -= len(old)
        return measured

    def row_before(self, sequence: int, measured: Measured, index: int) -> int | None:
        """The index that a row of that Frame has in the one before; None where it is not there."""
        earlier = self.measured(sequence - 1, measured.aggregate)
        if earlier is None or earlier.data is measured.previous:
            return measured.index_before(index)
        return earlier.find(measured.raw_key(index))


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
