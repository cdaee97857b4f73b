# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies of the machine that sleep on the way from a checkpoint to the moment that is visited.

From the latest one before a tick the machine goes on to there, so that the way is not run again for each step back.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.vm.past.checkpoint import Checkpoint

MOST = 8
"""Copies at the same time."""


class Stand(NamedTuple):
    """A copy, and its tick."""

    tick: int
    copy: Checkpoint


class Stands:
    """Those of one visit."""

    def __init__(self, begin: int) -> None:
        """`begin`: tick of the checkpoint."""
        self._begin = begin
        self._stands: list[Stand] = []

    def before(self, tick: int) -> Stand | None:
        """The latest at a tick or before it."""
        return next((stand for stand in reversed(self._stands) if stand.tick <= tick), None)

    def add(self, stand: Stand) -> None:
        """Keep another one; where there are too many, the one goes that is missed least on the way back from there."""
        self._stands = sorted((*self._stands, stand), key=lambda one: one.tick)
        if len(self._stands) > MOST:
            _, index = min((self._gap_without(index), index) for index in range(len(self._stands) - 1))
            self._stands.pop(index).copy.drop()

    def forget_after(self, tick: int) -> None:
        """Do without those that are later than a tick."""
        while self._stands and self._stands[-1].tick > tick:
            self._stands.pop().copy.drop()

    def close(self) -> None:
        """Do without all."""
        self.forget_after(-1)

    def _gap_without(self, index: int) -> float:
        """The gap that there would be without one, as a part of its distance from the latest."""
        before = self._stands[index - 1].tick if index else self._begin
        distance = self._stands[-1].tick - self._stands[index].tick
        return (self._stands[index + 1].tick - before) / max(1, distance)
