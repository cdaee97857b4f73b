# SPDX-License-Identifier: GPL-2.0-or-later
"""The timer of a local APIC (Intel SDM volume 3, 10.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from engine.machine.clock import NEVER, Clock, Event

BUS_HZ = 100_000_000
"""The clock that is divided and counted."""
_MOST = 0xFFFFFFFF


class TimerMode(IntEnum):
    """Bits 17 and 18 of the timer's LVT entry (figure 10-8)."""

    ONE_SHOT = 0
    PERIODIC = 1
    TSC_DEADLINE = 2
    RESERVED = 3
    """counts nothing"""


_COUNTING = (TimerMode.ONE_SHOT, TimerMode.PERIODIC)


class ApicTimer:
    """Counts down from the initial count, once or again and again, or waits for a value of the time stamp counter.

    Times are kept as cycles of the bus clock at which the count reaches 0: there is no drift, and a change of mode or
    divisor leaves the count as it is.
    """

    def __init__(self, clock: Clock, expired: Callable[[], None], time_stamp: Callable[[], int]) -> None:
        """`expired` is called when the timer expires while it is watched; `time_stamp` reads the CPU's counter."""
        self._clock = clock
        self._expired = expired
        self._time_stamp = time_stamp
        self._event: Event | None = None
        self.clear()

    def clear(self) -> None:
        """Stopped, in one-shot mode, dividing by 2."""
        self._clock.cancel(self._event)
        self._event = None
        self.divide_register = 0
        self._mode = TimerMode.ONE_SHOT
        self._watched = False
        self._disarm()

    def _disarm(self) -> None:
        self.initial = 0
        self._end: int | None = None
        self._deadline = 0

    @property
    def _divisor(self) -> int:
        """Bits 0, 1 and 3 of the divide configuration register: 2, 4, ... 128, and 1 for all ones."""
        value = self.divide_register & 3 | self.divide_register >> 1 & 4
        return 1 << ((value + 1) & 7)

    def _cycles(self) -> int:
        """Cycles of the bus clock since power-on."""
        return self._clock.now * BUS_HZ // self._clock.hz

    def _settle(self) -> int:
        """Bring the end of the count up to date; returns the cycles until then, 0 when nothing is counted."""
        now = self._cycles()
        if self._end is None:
            return 0
        if self._end <= now:
            if self._mode != TimerMode.PERIODIC:
                self._end = None
                return 0
            period = self.initial * self._divisor
            self._end += ((now - self._end) // period + 1) * period
        return self._end - now

    @property
    def current(self) -> int:
        """The current count register; 0 in TSC-deadline mode."""
        return -(-self._settle() // self._divisor)

    def start(self, count: int) -> None:
        """Write the initial count register; 0 stops. Without effect in TSC-deadline mode."""
        if self._mode not in _COUNTING:
            return
        self.initial = count & _MOST
        self._end = self._cycles() + self.initial * self._divisor if self.initial else None
        self._schedule()

    def set_divide(self, value: int) -> None:
        """Write the divide configuration register; the count continues from its current value."""
        left = self.current
        self.divide_register = value & 0x0B
        self._end = self._cycles() + left * self._divisor if left else None
        self._schedule()

    def set_mode(self, mode: TimerMode, *, watched: bool) -> None:
        """Follow the LVT entry. The count goes on over a change between one-shot and periodic; other changes of mode
        disarm the timer.

        Args:
            mode: the mode.
            watched: whether the entry lets interrupts through.
        """
        self._settle()
        if not self._watched:
            self._deadline = self.deadline  # one that passed unwatched interrupts no more
        if mode != self._mode and not (mode in _COUNTING and self._mode in _COUNTING):
            self._disarm()
        if (mode, watched) != (self._mode, self._watched):
            self._mode, self._watched = mode, watched
            self._schedule()

    @property
    def deadline(self) -> int:
        """IA32_TSC_DEADLINE: 0 unless a deadline is armed."""
        return self._deadline if self._time_stamp() < self._deadline else 0

    def set_deadline(self, value: int) -> None:
        """Write IA32_TSC_DEADLINE: 0 disarms. Without effect in the other modes."""
        if self._mode == TimerMode.TSC_DEADLINE:
            self._deadline = value
            self._schedule()

    def time_stamp_changed(self) -> None:
        """The guest has written the time stamp counter."""
        self._schedule()

    def _next_tick(self) -> int | None:
        """When the timer expires next, in ticks of the clock."""
        if self._deadline:
            tick = self._clock.now + max(self._deadline - self._time_stamp(), 0)
            return tick if tick < NEVER else None
        left = self._settle()
        return -(-(self._cycles() + left) * self._clock.hz // BUS_HZ) if left else None

    def _schedule(self) -> None:
        self._clock.cancel(self._event)
        tick = self._next_tick() if self._watched else None
        self._event = None if tick is None else self._clock.at(tick, self._fire)

    def _fire(self) -> None:
        self._event = None
        counts = not self._deadline
        self._deadline = 0
        self._expired()
        if counts:
            self._schedule()
