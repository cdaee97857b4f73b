# SPDX-License-Identifier: GPL-2.0-or-later
"""The real-time clock with its battery-backed memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.machine.bus import PortBus
from engine.machine.clock import Clock, Event
from engine.machine.devices.device import HIGH, LOW, Device, Line

A, B, C, D = 0x0A, 0x0B, 0x0C, 0x0D
_CENTURY = 0x32
_INDEX, _DATA = 0x70, 0x71
A_UIP, A_RATE, A_32768_HZ, A_1024_HZ = 0x80, 0x0F, 0x20, 0x06
B_SET, B_PIE, B_AIE, B_UIE, B_BINARY, B_HOURS24 = 0x80, 0x40, 0x20, 0x10, 0x04, 0x02
C_IRQF = 0x80
"""Its other flags have the places of the enables in register B."""
D_VALID = 0x80
HOURS_PM = 0x80
_ENABLES = B_PIE | B_AIE | B_UIE
_SECONDS, _SECONDS_ALARM, _MINUTES, _MINUTES_ALARM, _HOURS, _HOURS_ALARM, _WEEKDAY, _DAY, _MONTH, _YEAR = range(10)
_DONT_CARE = 0xC0
_CRYSTAL_HZ = 32768
_UPDATE_NS = 244_000 + 1_984_000
"""How long an update is announced: tBUC before the cycle begins, and tUC for the cycle (data sheet, table 3)."""
_SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Mc146818(Device):
    """Motorola MC146818A real-time clock plus RAM (data sheet ADI856R2), at ports 0x70 and 0x71, IRQ 8.

    It starts at a fixed moment, so the same guest sees the same time in every run.
    """

    name = "MC146818"

    def __init__(self, ports: PortBus, clock: Clock, irq: Line, epoch_us: int) -> None:
        """`epoch_us`: microseconds since 1970 at power-on."""
        super().__init__()
        self._clock = clock
        self._irq = irq
        self._offset = timedelta(microseconds=epoch_us)
        self._index = 0
        self.memory = bytearray(128)
        self.memory[A], self.memory[B], self.memory[D] = A_32768_HZ | A_1024_HZ, B_HOURS24, D_VALID
        self._set_fields: dict[int, int] | None = None
        """the time while the guest sets it, field by field"""
        self._periodic: Event | None = None
        self._second: Event | None = None
        ports.claim(self, _INDEX, 2)

    def reset(self) -> None:
        """RESET clears the interrupt enables and flags; time and memory stay."""
        self.memory[B] &= ~_ENABLES
        self.memory[C] = 0
        self._irq(LOW)
        self._schedule()

    def _nanoseconds(self) -> int:
        return self._clock.now * _SECOND // self._clock.hz

    def _time(self) -> datetime:
        return _EPOCH + self._offset + timedelta(microseconds=self._nanoseconds() // 1000)

    def port_read(self, port: int, size: int) -> int:
        """The register or memory byte that was chosen."""
        del size
        if port == _INDEX:
            return 0xFF
        index = self._index
        if index in _FIELDS:
            shown = self._set_fields[index] if self._set_fields is not None else _FIELDS[index](self._time())
            return self._encode(index, shown)
        if index == A:
            left = -(self._nanoseconds() + self._offset.microseconds * 1000) % _SECOND
            updating = self._set_fields is None and 0 < left < _UPDATE_NS
            return self.memory[A] | A_UIP if updating else self.memory[A]
        if index == C:
            flags, self.memory[C] = self.memory[C], 0
            self._irq(LOW)
            return flags
        return self.memory[index]

    def port_write(self, port: int, size: int, value: int) -> None:
        """Choose a register, or write the chosen one."""
        del size
        if port == _INDEX:
            self._index = value & 0x7F
            return
        index = self._index
        if index in _FIELDS:
            self._set_time(index, value)
        elif index == A:
            self.memory[A] = value & ~A_UIP
            self._schedule()
        elif index == B:
            self._set_b(value)
        elif index not in (C, D):
            self.memory[index] = value

    def _set_b(self, value: int) -> None:
        if value & B_SET and self._set_fields is None:
            now = self._time()
            self._set_fields = {index: field(now) for index, field in _FIELDS.items()}
        elif not value & B_SET and self._set_fields is not None:
            fields, self._set_fields = self._set_fields, None
            self._take_time(fields)
        self.memory[B] = value
        self._schedule()

    def _encode(self, index: int, value: int) -> int:
        evening = 0
        if index == _HOURS and not self.memory[B] & B_HOURS24:
            evening = HOURS_PM if value >= 12 else 0
            value = value % 12 or 12
        if not self.memory[B] & B_BINARY:
            value = value // 10 << 4 | value % 10
        return value | evening

    def _decode(self, index: int, value: int) -> int:
        evening = index == _HOURS and not self.memory[B] & B_HOURS24 and value & HOURS_PM
        if index == _HOURS:
            value &= ~HOURS_PM
        if not self.memory[B] & B_BINARY:
            value = (value >> 4) * 10 + (value & 15)
        if index == _HOURS and not self.memory[B] & B_HOURS24:
            value = value % 12 + (12 if evening else 0)
        return value

    def _set_time(self, index: int, value: int) -> None:
        """Change one field of the time: for now, or at once when the clock is running."""
        number = self._decode(index, value)
        if self._set_fields is not None:
            self._set_fields[index] = number
        else:
            now = self._time()
            self._take_time({name: field(now) for name, field in _FIELDS.items()} | {index: number})

    def _take_time(self, fields: dict[int, int]) -> None:
        """Go on from a time; one that does not exist changes nothing, as nothing defines it."""
        now = self._time()
        year = fields[_CENTURY] * 100 + fields[_YEAR]
        try:
            wanted = now.replace(year, fields[_MONTH], fields[_DAY], fields[_HOURS], fields[_MINUTES], fields[_SECONDS])
        except ValueError:
            return
        self._offset += wanted - now

    def _schedule(self) -> None:
        """Arrange the interrupts that registers A and B ask for."""
        self._clock.cancel(self._periodic)
        self._clock.cancel(self._second)
        self._periodic = self._second = None
        rate = self.memory[A] & A_RATE
        if rate and self.memory[B] & B_PIE:
            self._next_periodic()
        if self.memory[B] & (B_UIE | B_AIE) and self._set_fields is None:
            left = -(self._nanoseconds() + self._offset.microseconds * 1000) % _SECOND or _SECOND
            self._second = self._clock.after(left, self._update_ended)

    def _next_periodic(self) -> None:
        rate = self.memory[A] & A_RATE
        period = 1 << (rate - 1 if rate > 2 else rate + 6)  # in cycles of 32.768 kHz
        cycle = self._clock.now * _CRYSTAL_HZ // self._clock.hz
        due = (cycle // period + 1) * period
        self._periodic = self._clock.at(-(-due * self._clock.hz // _CRYSTAL_HZ), self._periodic_due)

    def _periodic_due(self) -> None:
        self._raise(B_PIE)
        self._next_periodic()

    def _update_ended(self) -> None:
        now = self._time()
        fields = ((_SECONDS_ALARM, now.second), (_MINUTES_ALARM, now.minute), (_HOURS_ALARM, now.hour))
        alarm = all(
            self.memory[index] & _DONT_CARE == _DONT_CARE or self._encode(index - 1, value) == self.memory[index]
            for index, value in fields
        )
        self._raise(B_UIE | (B_AIE if alarm else 0))
        self._second = self._clock.after(_SECOND, self._update_ended)

    def _raise(self, flags: int) -> None:
        self.memory[C] |= flags
        if self.memory[C] & self.memory[B] & _ENABLES:
            self.memory[C] |= C_IRQF
            self.counts["interrupts"] += 1
            self._irq(HIGH)


_FIELDS: dict[int, Callable[[datetime], int]] = {
    _SECONDS: lambda time: time.second,
    _MINUTES: lambda time: time.minute,
    _HOURS: lambda time: time.hour,
    _WEEKDAY: lambda time: time.isoweekday() % 7 + 1,
    _DAY: lambda time: time.day,
    _MONTH: lambda time: time.month,
    _YEAR: lambda time: time.year % 100,
    _CENTURY: lambda time: time.year // 100,
}
"""Registers that show the time, by what they show of it."""
