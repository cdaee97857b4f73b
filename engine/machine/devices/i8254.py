# SPDX-License-Identifier: GPL-2.0-or-later
"""The interval timer."""

from __future__ import annotations

from engine.machine.bus import PortBus
from engine.machine.clock import Clock, Event
from engine.machine.devices.device import HIGH, LOW, Device, Line

HZ = 1_193_182
"""Input clock of the three counters."""
_COUNTER0, _CONTROL = 0x40, 0x43
SELECT_SHIFT, READ_BACK = 6, 3
"""Counter number in a control word; the number that is the read-back command."""
ACCESS_SHIFT, ACCESS_BITS = 4, 3
ACCESS_LATCH, ACCESS_LOW, ACCESS_HIGH, ACCESS_BOTH = 0, 1, 2, 3
MODE_SHIFT, MODE_BITS, LAST_MODE = 1, 7, 5
BCD = 0x01
READ_BACK_NO_COUNT, READ_BACK_NO_STATUS = 0x20, 0x10
STATUS_OUTPUT_SHIFT, STATUS_NULL_COUNT_SHIFT = 7, 6


class _Counter:
    """One counter. Times are in periods of the input clock since power-on."""

    def __init__(self) -> None:
        self.mode = 3
        self.bcd = False
        self.access = ACCESS_BOTH
        self.count = 0x10000
        self.start = 0
        self.loaded = False
        self.gate = True
        self.low_byte: int | None = None
        self.latch: list[int] = []
        self.high_next = False

    def value(self, now: int) -> int:
        """What the counting element holds."""
        elapsed = now - self.start
        if self.mode == 2:
            left = self.count - elapsed % self.count
        elif self.mode == 3:
            left = self.count - 2 * elapsed % self.count
        else:
            left = (self.count - elapsed) & 0xFFFF
        left &= 0xFFFF
        return int(f"{left % 10000:04}", 16) if self.bcd else left

    def output(self, now: int) -> bool:
        """Level of the OUT pin."""
        elapsed = now - self.start
        if not self.loaded:
            return self.mode != 0
        if self.mode in (0, 1):
            return elapsed >= self.count
        if self.mode == 2:
            return elapsed % self.count != self.count - 1
        if self.mode == 3:
            return elapsed % self.count < (self.count + 1) // 2
        return elapsed != self.count

    def next_rise(self, now: int) -> int | None:
        """When OUT next goes from low to high."""
        if not self.loaded or not self.gate:
            return None
        if self.mode in (2, 3):
            return self.start + ((now - self.start) // self.count + 1) * self.count
        end = self.start + self.count + (1 if self.mode in (4, 5) else 0)
        return end if end > now else None

    def load(self, value: int, now: int) -> None:
        """Take a new count."""
        if self.bcd:
            value = int(f"{value:04x}") if f"{value:04x}".isdecimal() else 0
        self.count = value or (10000 if self.bcd else 0x10000)
        self.start = now
        self.loaded = True


class I8254(Device):
    """Intel 8254 programmable interval timer (data sheet 231164): three counters at 1.193182 MHz. OUT of counter 0 is
    IRQ 0, gate and OUT of counter 2 are in port 0x61 (the speaker's).
    """

    name = "8254"

    def __init__(self, ports: PortBus, clock: Clock, irq: Line) -> None:
        super().__init__()
        self._clock = clock
        self._irq = irq
        self._event: Event | None = None
        self._counters = [_Counter() for _ in range(3)]
        ports.claim(self, _COUNTER0, 4)

    def reset(self) -> None:
        """Power-on state is undefined by the data sheet; here every counter waits for its count."""
        self._clock.cancel(self._event)
        self._event = None
        self._counters = [_Counter() for _ in range(3)]
        self._irq(LOW)

    def _now(self) -> int:
        return self._clock.now * HZ // self._clock.hz

    def port_read(self, port: int, size: int) -> int:
        """A byte of a latched or running count."""
        del size
        if port == _CONTROL:
            return 0xFF
        counter = self._counters[port & 3]
        if counter.latch:
            return counter.latch.pop(0)
        value = counter.value(self._now())
        if counter.access == ACCESS_LOW:
            return value & 0xFF
        if counter.access == ACCESS_HIGH:
            return value >> 8
        counter.high_next = not counter.high_next
        return value & 0xFF if counter.high_next else value >> 8

    def port_write(self, port: int, size: int, value: int) -> None:
        """A control word or a byte of a count."""
        del size
        if port == _CONTROL:
            self._control(value)
            return
        number = port & 3
        counter = self._counters[number]
        if counter.access == ACCESS_LOW:
            self._load(number, value)
        elif counter.access == ACCESS_HIGH:
            self._load(number, value << 8)
        elif counter.low_byte is None:
            counter.low_byte = value
            if counter.mode == 0:
                counter.loaded = False
        else:
            low, counter.low_byte = counter.low_byte, None
            self._load(number, low | value << 8)

    def _control(self, value: int) -> None:
        number = value >> SELECT_SHIFT
        if number == READ_BACK:
            self._read_back(value)
            return
        counter = self._counters[number]
        access = value >> ACCESS_SHIFT & ACCESS_BITS
        if access == ACCESS_LATCH:
            self._latch_count(counter)
            return
        counter.access = access
        counter.mode = value >> MODE_SHIFT & MODE_BITS
        if counter.mode > LAST_MODE:
            counter.mode -= 4  # bit 2 of modes 2 and 3 does not matter
        counter.bcd = bool(value & BCD)
        counter.loaded = counter.high_next = False
        counter.low_byte = None
        counter.latch.clear()
        if number == 0:
            self._irq(counter.mode != 0)
            self._schedule()

    def _read_back(self, value: int) -> None:
        for number, counter in enumerate(self._counters):
            if value >> number + 1 & 1:
                if not value & READ_BACK_NO_COUNT:
                    self._latch_count(counter)
                if not value & READ_BACK_NO_STATUS:
                    status = counter.output(self._now()) << STATUS_OUTPUT_SHIFT
                    status |= (not counter.loaded) << STATUS_NULL_COUNT_SHIFT
                    status |= counter.access << ACCESS_SHIFT | counter.mode << MODE_SHIFT | counter.bcd
                    counter.latch.insert(0, status)

    def _latch_count(self, counter: _Counter) -> None:
        if not counter.latch:
            value = counter.value(self._now())
            low, high = value & 0xFF, value >> 8
            counter.latch = {ACCESS_LOW: [low], ACCESS_HIGH: [high]}.get(counter.access, [low, high])

    def _load(self, number: int, value: int) -> None:
        self._counters[number].load(value, self._now())
        if number == 0:
            self._irq(self._counters[0].mode != 0)
            self._schedule()

    def _schedule(self) -> None:
        """Come back at the next rising edge of OUT 0. Times are counted from the count's start, so nothing drifts."""
        self._clock.cancel(self._event)
        self._event = None
        rise = self._counters[0].next_rise(self._now())
        if rise is not None:
            self._event = self._clock.at(-(-rise * self._clock.hz // HZ), self._rise)

    def _rise(self) -> None:
        self.counts["interrupts"] += 1
        self._irq(LOW)
        self._irq(HIGH)
        self._schedule()

    def set_gate2(self, level: bool) -> None:
        """Drive the gate of counter 2; a rising edge restarts it."""
        counter = self._counters[2]
        if level and not counter.gate:
            counter.start = self._now()
        counter.gate = level

    @property
    def output2(self) -> bool:
        """OUT of counter 2."""
        return self._counters[2].output(self._now())
