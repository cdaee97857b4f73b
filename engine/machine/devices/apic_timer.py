# SPDX-License-Identifier: GPL-2.0-or-later
"""The timer of a local APIC (Intel SDM volume 3, 10.5.4)."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.clock import Clock, Event

BUS_HZ = 100_000_000
"""The clock that is divided and counted."""
_MOST = 0xFFFFFFFF


class ApicTimer:
    """Counts down from the initial count, once or again and again. Due times are counted from the start: no drift."""

    def __init__(self, clock: Clock, expired: Callable[[], None]) -> None:
        """`expired` is called whenever the count reaches 0, while the timer is watched."""
        self._clock = clock
        self._expired = expired
        self._event: Event | None = None
        self.clear()

    def clear(self) -> None:
        """Stopped, dividing by 2."""
        self._clock.cancel(self._event)
        self._event = None
        self.initial = 0
        self.divide_register = 0
        self._periodic = self._watched = False
        self._started = 0

    @property
    def _divisor(self) -> int:
        """Bits 0, 1 and 3 of the divide configuration register: 2, 4, ... 128, and 1 for all ones."""
        value = self.divide_register & 3 | self.divide_register >> 1 & 4
        return 1 << ((value + 1) & 7)

    def _counts(self) -> int:
        """Counts since the start."""
        now = self._clock.now * BUS_HZ // self._clock.hz
        return (now - self._started) // self._divisor

    @property
    def current(self) -> int:
        """The current count register."""
        if not self.initial:
            return 0
        done = self._counts()
        return self.initial - done % self.initial if self._periodic else max(self.initial - done, 0)

    def start(self, count: int) -> None:
        """Write the initial count register; 0 stops."""
        self.initial = count & _MOST
        self._started = self._clock.now * BUS_HZ // self._clock.hz
        self._schedule()

    def set_divide(self, value: int) -> None:
        """Write the divide configuration register; the count continues from its current value."""
        left = self.current
        self.divide_register = value & 0x0B
        done = self.initial - left
        self._started = self._clock.now * BUS_HZ // self._clock.hz - done * self._divisor
        self._schedule()

    def set_mode(self, *, periodic: bool, watched: bool) -> None:
        """Follow the LVT entry: periodic or one-shot, and whether to interrupt."""
        if (periodic, watched) != (self._periodic, self._watched):
            self._periodic, self._watched = periodic, watched
            self._schedule()

    def _schedule(self) -> None:
        self._clock.cancel(self._event)
        self._event = None
        if not self.initial or not self._watched:
            return
        rounds = self._counts() // self.initial + 1
        if rounds > 1 and not self._periodic:
            return
        end = self._started + rounds * self.initial * self._divisor
        self._event = self._clock.at(-(-end * self._clock.hz // BUS_HZ), self._fire)

    def _fire(self) -> None:
        self._event = None
        self._expired()
        if self._periodic:
            self._schedule()
