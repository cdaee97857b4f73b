# SPDX-License-Identifier: GPL-2.0-or-later
"""Which checkpoints are kept, and the input that came in after each."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from math import ceil, inf

from engine.errors import VptopError
from engine.machine.inputs import Input
from engine.vm.past.checkpoint import Checkpoint, Serve, is_supported
from engine.vm.past.memory import memory_of_copies
from engine.vm.past.messages import PastKept

RECENT = 60
"""Seconds for which every checkpoint is kept; older ones are thinned out with age."""
CLOSE, FAR = 1 / 16, 1 / 4
"""Gaps up to these parts of their age are made where older ones are thinned out: always, and within the budget."""


class PastError(VptopError):
    """That moment of the past is not kept. Ask for a later one, or keep more (`vptop.past.*` settings)."""


@dataclass(frozen=True, slots=True)
class PastSettings:
    """How much of the past is kept."""

    every: int = 5
    """guest seconds from a checkpoint to the next"""
    seconds: int = 600
    """guest seconds that are kept"""
    mib: int = 512
    """memory that all checkpoints together may take"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint, its tick, and how many inputs there had been."""

    checkpoint: Checkpoint
    tick: int
    inputs: int


class Keeper:
    """Takes checkpoints as time passes, and thins them out with age and within its budget."""

    def __init__(self, settings: PastSettings, tsc_hz: int, serve: Serve) -> None:
        """`serve` is called in woken copies."""
        self.settings = settings
        self._hz = tsc_hz
        self._serve = serve
        self._kept: list[Kept] = []
        self._inputs: list[Input] = []
        self._forgotten = 0
        """inputs before the oldest checkpoint, which are no longer in the list"""
        self._bytes = 0
        self._failure = "" if is_supported() else "no past is kept: this platform cannot fork a process"

    def log(self, coming: Input) -> None:
        """Note an input."""
        self._inputs.append(coming)

    def pass_time(self, tick: int) -> bool:
        """Take a checkpoint if it is time for one; returns whether that changed anything. The machine is stopped."""
        if not is_supported() or (self._kept and tick - self._kept[-1].tick < self.settings.every * self._hz * 0.999):
            return False
        self._bury()
        try:
            if self._kept:
                self._bytes = int(self._kept[-1].checkpoint.report() or self._bytes)
            machine, pids = os.getpid(), [kept.checkpoint.pid for kept in self._kept if kept.checkpoint.pid]
            checkpoint = Checkpoint.take(self._serve, lambda: b"%d" % memory_of_copies(machine, pids))
        except OSError as error:
            self._failure = f"no checkpoint can be taken: {error.strerror or error}"
            return True
        self._failure = ""
        self._kept.append(Kept(checkpoint, tick, self._forgotten + len(self._inputs)))
        self._thin(tick)
        return True

    def set_budget(self, mib: int) -> None:
        """Let the checkpoints take so much memory; drop the oldest where they take more."""
        self.settings = replace(self.settings, mib=mib)
        self._save()

    def before(self, tick: int) -> Kept:
        """The latest checkpoint that is not after a tick, else the oldest.

        Raises:
            PastError: none is kept.
        """
        self._bury()
        if not self._kept:
            raise PastError(self._failure or "no past is kept yet")
        earlier = [kept for kept in self._kept if kept.tick <= tick]
        return earlier[-1] if earlier else self._kept[0]

    def is_oldest(self, kept: Kept) -> bool:
        """Whether no earlier checkpoint is kept."""
        return kept is self._kept[0]

    def inputs_after(self, kept: Kept) -> tuple[Input, ...]:
        """What came in after a checkpoint."""
        return tuple(self._inputs[kept.inputs - self._forgotten :])

    def outside(self, tick: int, now: int) -> str:
        """Why a tick cannot be visited."""
        begin, end = self._kept[0].tick / self._hz, now / self._hz
        return f"{tick / self._hz:.6f} s is not in the past that is kept, which goes from {begin:g} to {end:g} s"

    def before_all(self, until: int) -> str:
        """Why seconds up to a tick cannot be asked."""
        begin = self._kept[0].tick / self._hz
        return f"the past that is kept begins at {begin:g} s, after {until / self._hz:.6f} s"

    @property
    def state(self) -> PastKept:
        """What is kept."""
        moments = tuple(kept.tick / self._hz for kept in self._kept)
        return PastKept(moments, self._bytes, self.settings.mib << 20, self._failure)

    def close(self) -> None:
        """Drop everything."""
        self._drop(list(self._kept))

    def _thin(self, now: int) -> None:
        """Drop what is too old, what is closer to its neighbours than its age asks for, and what exceeds the budget."""
        horizon = now - self.settings.seconds * self._hz
        while len(self._kept) > 1 and self._kept[1].tick <= horizon:
            self._drop(self._kept[:1])
        for index in range(len(self._kept) - 2, 0, -1):
            if self._gap_without(index) <= CLOSE:
                self._drop([self._kept[index]])
        self._save()

    def _save(self) -> None:
        """Drop what exceeds the budget: those that are missed least, then the oldest; one always stays."""
        if self._bytes > self.settings.mib << 20:
            count = len(self._kept)
            surplus = min(ceil(count * (1 - (self.settings.mib << 20) / self._bytes)), count - 1)
            for _ in range(surplus):
                gap, index = min(((self._gap_without(i), i) for i in range(1, len(self._kept) - 1)), default=(inf, 0))
                self._drop([self._kept[index if gap <= FAR else 0]])
            self._bytes = self._bytes * (count - surplus) // count  # until they are measured again

    def _bury(self) -> None:
        """Drop those that something else has ended."""
        if ended := [kept for kept in self._kept if kept.checkpoint.has_ended()]:
            self._drop(ended)
            if not self._kept:
                self._failure = "no past is kept: every checkpoint was ended, by the kernel or by a person"

    def _gap_without(self, index: int) -> float:
        """The gap that there would be without a checkpoint, as a part of its age; inf where all are kept."""
        age = self._kept[-1].tick - self._kept[index].tick
        if age <= RECENT * self._hz:
            return inf
        return (self._kept[index + 1].tick - self._kept[index - 1].tick) / age

    def _drop(self, dropped: list[Kept]) -> None:
        for one in dropped:
            one.checkpoint.drop()
            self._kept.remove(one)
        if self._kept:
            surplus = self._kept[0].inputs - self._forgotten
            del self._inputs[:surplus]
            self._forgotten += surplus
