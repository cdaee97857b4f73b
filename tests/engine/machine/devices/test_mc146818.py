# SPDX-License-Identifier: GPL-2.0-or-later
"""The real-time clock, by Motorola's data sheet of the MC146818A (ADI856R2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.machine.devices.mc146818 import Mc146818
from tests.engine.machine.bench import HZ, Bench, Wire

A, B, C, D = 0x0A, 0x0B, 0x0C, 0x0D
SECONDS, SECONDS_ALARM, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY = 0, 1, 2, 4, 6, 7, 8, 9, 0x32
SET, PIE, AIE, UIE, BINARY, H24 = 0x80, 0x40, 0x20, 0x10, 0x04, 0x02
UIP, IRQF = 0x80, 0x80
START = datetime(2024, 2, 28, 23, 59, 30, tzinfo=UTC)  # a Wednesday before a leap day


class Clock:
    """The clock on a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq = Wire()
        self.model = Mc146818(bench.ports, bench.clock, self.irq, int(START.timestamp()) * 1_000_000)
        self.model.reset()

    def __getitem__(self, register: int) -> int:
        self.bench.outb(0x70, register)
        return self.bench.inb(0x71)

    def __setitem__(self, register: int, value: int) -> None:
        self.bench.outb(0x70, register)
        self.bench.outb(0x71, value)

    def seconds(self, number: float) -> None:
        self.bench.advance(int(number * HZ))


@pytest.fixture
def clock(bench: Bench) -> Clock:
    return Clock(bench)


def test_the_time_in_decimal(clock: Clock) -> None:
    fields = (SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY)
    assert [clock[field] for field in fields] == [0x30, 0x59, 0x23, 4, 0x28, 0x02, 0x24, 0x20]
    clock.seconds(30)
    assert [clock[field] for field in fields] == [0x00, 0x00, 0x00, 5, 0x29, 0x02, 0x24, 0x20]


def test_the_time_in_binary(clock: Clock) -> None:
    clock[B] = BINARY | H24
    assert (clock[SECONDS], clock[MINUTES], clock[HOURS]) == (30, 59, 23)


@pytest.mark.parametrize(("hour", "shown"), [(0, 0x12), (1, 0x01), (11, 0x11), (12, 0x92), (13, 0x81), (23, 0x91)])
def test_twelve_hours_with_a_bit_for_the_evening(clock: Clock, hour: int, shown: int) -> None:
    clock[B] = SET | BINARY | H24
    clock[HOURS] = hour
    clock[B] = 0
    assert clock[HOURS] == shown


def test_setting_the_time(clock: Clock) -> None:
    clock[B] = SET | H24
    for register, value in ((SECONDS, 0x05), (MINUTES, 0x10), (HOURS, 0x15), (DAY, 0x31), (MONTH, 0x12), (YEAR, 0x99)):
        clock[register] = value
    clock.seconds(5)
    assert clock[SECONDS] == 0x05  # it stands while it is set
    clock[B] = H24
    clock.seconds(2)
    assert [clock[field] for field in (SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR)] == [7, 0x10, 0x15, 0x31, 0x12, 0x99]


def test_an_update_is_announced(clock: Clock) -> None:
    assert not clock[A] & UIP
    clock.seconds(0.999)
    assert clock[A] & UIP
    clock.seconds(0.001)
    assert not clock[A] & UIP


def test_the_interrupt_after_each_update(clock: Clock) -> None:
    clock[B] = H24 | UIE
    clock.seconds(0.5)
    assert not clock.irq.level
    clock.seconds(0.5)
    assert clock.irq.level
    assert clock[C] == IRQF | UIE
    assert clock[C] == 0  # reading clears it
    assert not clock.irq.level
    clock.seconds(1)
    assert clock.irq.level


@pytest.mark.parametrize(
    ("rate", "per_second"), [(3, 8192), (6, 1024), (13, 8), (15, 2), (1, 256), (2, 128)]
)  # table 5
def test_periodic_interrupts(clock: Clock, rate: int, per_second: int) -> None:
    clock[A] = 0x20 | rate
    clock[B] = H24 | PIE
    taken = 0
    for _ in range(20_000):
        clock.seconds(1 / 20_000)
        if clock.irq.level:
            assert clock[C] & PIE
            taken += 1
    assert taken == per_second


@pytest.mark.parametrize(
    ("minutes", "hours", "expected"),
    [(0x00, 0x00, [35]), (0xFF, 0xFF, [35, 95]), (0x00, 0xC0, [35]), (0x01, 0xFF, [95])],
)
def test_the_alarm_with_fields_that_do_not_matter(clock: Clock, minutes: int, hours: int, expected: list[int]) -> None:
    clock[1], clock[3], clock[5] = 0x05, minutes, hours
    clock[B] = H24 | AIE
    taken = []
    for second in range(1, 101):
        clock.seconds(1)
        if clock[C] & AIE:
            taken.append(second)
    assert taken == expected


def test_a_date_that_does_not_exist_leaves_the_time(clock: Clock) -> None:
    clock[B] = SET | H24
    clock[DAY] = 0x31
    assert clock[DAY] == 0x31  # as it was written, while it is set
    clock[B] = H24
    assert (clock[DAY], clock[MONTH]) == (0x28, 0x02)


def test_memory_and_valid_ram(clock: Clock) -> None:
    clock[0x40] = 0x77
    clock.model.reset()
    assert clock[0x40] == 0x77
    assert clock[D] == 0x80


def test_reset_disables_interrupts_and_keeps_the_time(clock: Clock) -> None:
    clock[B] = H24 | UIE | PIE | AIE
    clock.seconds(2)
    clock.model.reset()
    assert clock[B] == H24
    assert clock[C] == 0
    assert not clock.irq.level
    assert clock[SECONDS] == 0x32
