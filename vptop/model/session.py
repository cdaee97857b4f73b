# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything the dashboard knows of one VM: its Frames, its scripts, its symbols. A Moment of it is what is shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from copy import copy
from itertools import islice

from msgspec.structs import replace

from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateId, Frame
from engine.vm.past.messages import PastKept
from vptop.model.asked import Boundaries
from vptop.model.baseline import Baseline, Reload
from vptop.model.console import GLANCE, Console, written
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.prepared import Prepared
from vptop.model.ring import Ring, Timeline, follows
from vptop.model.rows import Measured
from vptop.model.script import ScriptFacts, read_script
from vptop.model.stacks import Namer
from vptop.model.transcript import Transcript, spans

MEASURED_ROWS = 4_000_000
"""Rows of measured aggregates that are kept for trends and scrubbing: at most 8 bytes each beside the Frame's."""
MEASURED_LEAST = 16
"""Measured aggregates that are kept, however large."""
MEASURED_MOST = 2048
"""Measured aggregates that are kept, however small: one of few rows takes about 4 KB."""


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
