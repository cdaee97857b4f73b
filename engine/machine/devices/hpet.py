# SPDX-License-Identifier: GPL-2.0-or-later
"""The high precision event timers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from engine.machine.bus import MemoryBus
from engine.machine.clock import NEVER, Clock, Event
from engine.machine.devices.device import HIGH, LOW, Device, Line

BASE, SIZE = 0xFED00000, 0x400
HZ = 100_000_000
"""The main counter's clock."""
_TIMERS = 3
CAPABILITIES = 10**15 // HZ << 32 | 0x8086 << 16 | 1 << 15 | 1 << 13 | (_TIMERS - 1) << 8 | 0x01
"""Period in femtoseconds, vendor, legacy replacement, 64 bits, number of the last timer, revision (2.3.4)."""
_GENERAL, _CONFIGURATION, _STATUS, _COUNTER, _FIRST, _STRIDE = 0x00, 0x10, 0x20, 0xF0, 0x100, 0x20
_ENABLE, _LEGACY = 1 << 0, 1 << 1
_LEVEL, _INTERRUPT, _PERIODIC, _SET_VALUE, _BITS_32, _ROUTE = 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 8, 0x1F << 9
_WRITABLE = _LEVEL | _INTERRUPT | _PERIODIC | _SET_VALUE | _BITS_32 | _ROUTE
_WATCHED = _INTERRUPT | _PERIODIC | _SET_VALUE
"""Bits of a timer of which more than the comparator matters."""
_ROUTE_SHIFT = 9
_INPUTS = 0x00F00000
"""The inputs of the IO-APIC that a timer may drive: 20 to 23."""
_TIMER_CAPABILITIES = _INPUTS << 32 | 1 << 5 | 1 << 4
_LEGACY_LINES = (0, 8)
"""Interrupt lines of timers 0 and 1 in legacy replacement, and of the 8254 and the RTC without (2.3.5)."""
_MOST_32, _MOST_64 = (1 << 32) - 1, (1 << 64) - 1


@dataclass(slots=True, eq=False)
class _Timer:
    configuration: int = 0
    comparator: int = _MOST_64
    period: int = _MOST_64
    match: int = 0
    """when the counter is next equal to the comparator, in cycles since power-on; while the counter runs"""
    line: int | None = None
    """the interrupt line that it holds high"""
    event: Event | None = field(default=None, repr=False)

    @property
    def mask(self) -> int:
        """The bits that are compared."""
        return _MOST_32 if self.configuration & _BITS_32 else _MOST_64

    def at(self, now: int) -> tuple[int, int]:
        """The next match after a cycle, and the comparator then."""
        if self.match > now:
            return self.match, self.comparator
        repeats = self.configuration & _PERIODIC and self.period
        step = self.period if repeats else self.mask + 1
        times = (now - self.match) // step + 1
        return self.match + times * step, (self.comparator + times * step) & self.mask


class Hpet(Device):
    """Three timers that compare a counter of 64 bits (IA-PC HPET specification 1.0a; references are to its sections).

    In legacy replacement the first two take the interrupt lines of the 8254 and of the RTC's. There are no messages
    (FSB interrupts).
    """

    name = "HPET"

    def __init__(self, windows: MemoryBus, clock: Clock, set_irq: Callable[[int, bool], None]) -> None:
        """`set_irq` drives an interrupt line of the board, by number."""
        super().__init__()
        self._clock = clock
        self._set_irq = set_irq
        self._replaced = dict.fromkeys(_LEGACY_LINES, LOW)
        """the levels at which the 8254 and the RTC drive their lines"""
        self._configuration = self._status = 0
        self._begin = 0
        """of the counter: its value while it is halted, else the cycle at which it was 0"""
        self._timers = [_Timer() for _ in range(_TIMERS)]
        windows.claim(self, BASE, SIZE)

    def reset(self) -> None:
        """Halted, the counter 0, comparators all ones (2.3)."""
        for timer in self._timers:
            self._clock.cancel(timer.event)
            self._release(timer)
        self._set_configuration(0)
        self._status = self._begin = 0
        self._timers = [_Timer() for _ in range(_TIMERS)]

    def legacy(self, number: int) -> Line:
        """The interrupt line of the 8254 or the RTC, which is cut in legacy replacement."""
        return partial(self._drive_replaced, number)

    def _drive_replaced(self, number: int, level: bool) -> None:
        self._replaced[number] = level
        if not self._configuration & _LEGACY:
            self._set_irq(number, level)

    # --- the counter -------------------------------------------------------------------------------------------------

    def _cycles(self) -> int:
        return self._clock.now * HZ // self._clock.hz

    @property
    def _runs(self) -> bool:
        return bool(self._configuration & _ENABLE)

    def _count(self) -> int:
        return (self._cycles() - self._begin) & _MOST_64 if self._runs else self._begin

    def _set_configuration(self, value: int) -> None:
        changed = value ^ self._configuration
        if changed & _LEGACY:
            for timer in self._timers:
                self._release(timer)
        if changed & _ENABLE:
            for timer in self._timers:
                self._settle(timer)
            count = self._count()
            self._begin = self._cycles() - count if value & _ENABLE else count
        self._configuration = value
        if changed & _LEGACY:
            for number, level in self._replaced.items():
                self._set_irq(number, LOW if value & _LEGACY else level)
        if changed & _ENABLE:
            for timer in self._timers:
                self._compare(timer)

    # --- timers ------------------------------------------------------------------------------------------------------

    def _settle(self, timer: _Timer) -> None:
        """Bring the comparator up to date."""
        if self._runs:
            timer.match, timer.comparator = timer.at(self._cycles())

    def _compare(self, timer: _Timer) -> None:
        """The comparator, the counter or the mode has changed."""
        if self._runs:
            left = (timer.comparator - self._count()) & timer.mask
            timer.match = self._cycles() + (left or timer.mask + 1)
        self._schedule(timer)

    def _schedule(self, timer: _Timer) -> None:
        self._clock.cancel(timer.event)
        timer.event = None
        if self._runs and timer.configuration & _INTERRUPT:
            tick = -(-timer.match * self._clock.hz // HZ)
            if tick < NEVER:
                timer.event = self._clock.at(tick, partial(self._matched, timer))

    def _matched(self, timer: _Timer) -> None:
        timer.event = None
        self.counts["interrupts"] += 1
        self._settle(timer)
        number = self._timers.index(timer)
        line = self._line(number)
        if timer.configuration & _LEVEL:
            self._status |= 1 << number
        else:
            self._set_irq(line, LOW)
        self._set_irq(line, HIGH)
        timer.line = line
        self._schedule(timer)

    def _line(self, number: int) -> int:
        if self._configuration & _LEGACY and number < len(_LEGACY_LINES):
            return _LEGACY_LINES[number]
        return (self._timers[number].configuration & _ROUTE) >> _ROUTE_SHIFT

    def _release(self, timer: _Timer) -> None:
        if timer.line is not None:
            self._set_irq(timer.line, LOW)
            timer.line = None

    def _configure(self, number: int, value: int) -> None:
        timer = self._timers[number]
        self._settle(timer)
        if not _INPUTS >> ((value & _ROUTE) >> _ROUTE_SHIFT) & 1:
            value = value & ~_ROUTE | timer.configuration & _ROUTE  # it keeps a route that exists (2.3.8)
        changed = value ^ timer.configuration
        timer.configuration = value & _WRITABLE
        timer.comparator &= timer.mask
        if not value & _INTERRUPT or changed & (_ROUTE | _LEVEL):
            self._status &= ~(1 << number)
            self._release(timer)
        self._compare(timer)

    def _set_comparator(self, timer: _Timer, value: int, mask: int) -> None:
        """A periodic timer takes the period, and with VAL_SET the comparator, too (2.3.9.2)."""
        if not timer.configuration & _WATCHED:  # its match is worked out when it is: Linux times 60,000 such stores
            timer.comparator = (timer.comparator & ~mask | value) & timer.mask
            return
        self._settle(timer)
        periodic = timer.configuration & _PERIODIC
        if periodic:
            timer.period = (timer.period & ~mask | value) & timer.mask
        if not periodic or timer.configuration & _SET_VALUE:
            timer.comparator = (timer.comparator & ~mask | value) & timer.mask
        if mask >> 32 or timer.mask == _MOST_32:  # a store of 64 bits comes as two halves, the low one first
            timer.configuration &= ~_SET_VALUE
        self._compare(timer)

    # --- registers (2.3) ---------------------------------------------------------------------------------------------

    def _read(self, offset: int) -> int:
        if offset == _COUNTER:
            return self._count()
        number, part = divmod(offset - _FIRST, _STRIDE)
        if 0 <= number < _TIMERS:
            timer = self._timers[number]
            comparator = timer.at(self._cycles())[1] if self._runs else timer.comparator
            return {0: timer.configuration | _TIMER_CAPABILITIES, 8: comparator}.get(part, 0)
        general = {_GENERAL: CAPABILITIES, _CONFIGURATION: self._configuration, _STATUS: self._status}
        return general.get(offset, 0)

    def memory_read(self, address: int, size: int) -> int:
        """A register, or a part of it."""
        offset = address - BASE
        return self._read(offset & ~7) >> 8 * (offset & 7) & (1 << 8 * size) - 1

    def memory_peek(self, address: int, size: int) -> int:
        """Reading has no effect on any register."""
        return self.memory_read(address, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Write a register, or one half of it; narrower stores have no effect (2.1)."""
        offset = address - BASE
        if size < 4 or offset & (size - 1):
            return
        shift = 8 * (offset & 7)
        mask = ((1 << 8 * size) - 1) << shift
        value <<= shift
        offset &= ~7
        number, part = divmod(offset - _FIRST, _STRIDE)
        if 0 <= number < _TIMERS and part == 0:
            self._configure(number, self._timers[number].configuration & ~mask | value)
        elif 0 <= number < _TIMERS and part == 8:
            self._set_comparator(self._timers[number], value, mask)
        elif offset == _CONFIGURATION:
            self._set_configuration((self._configuration & ~mask | value) & (_ENABLE | _LEGACY))
        elif offset == _STATUS:
            self._clear_status(value)
        elif offset == _COUNTER and not self._runs:
            self._begin = self._begin & ~mask | value

    def _clear_status(self, value: int) -> None:
        for number, timer in enumerate(self._timers):
            if value & self._status & 1 << number:
                self._status &= ~(1 << number)
                self._release(timer)
