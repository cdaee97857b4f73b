# SPDX-License-Identifier: GPL-2.0-or-later
"""The interval timer, by Intel's data sheet of the 8254 (231164), and what a PC wires to it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.machine.devices.i8254 import I8254
from engine.machine.devices.system_ports import SystemPorts
from tests.engine.machine.bench import HZ, Bench, Wire

CONTROL, PORT_B = 0x43, 0x61
PERIOD = Fraction(HZ, 1_193_182)
"""of the input clock, in ticks of the bench"""


class Timer:
    """The timer on a bench, with the speaker's port."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq = Wire()
        self.model = I8254(bench.ports, bench.clock, self.irq)
        self.board = SystemPorts(bench.ports, self.model, lambda: None)
        self.model.reset()

    def program(self, counter: int, mode: int, count: int, bcd: bool = False) -> None:
        self.bench.outb(CONTROL, counter << 6 | 3 << 4 | mode << 1 | bcd)
        self.bench.outb(0x40 + counter, count & 0xFF, count >> 8)

    def clocks(self, number: int) -> None:
        """Let the input clock tick: stand in the middle of the period that begins then."""
        self.bench.advance(int((number + Fraction(1, 2)) * PERIOD) - self.bench.now)

    def count(self, counter: int) -> int:
        """Latch and read."""
        self.bench.outb(CONTROL, counter << 6)
        return self.bench.inb(0x40 + counter) | self.bench.inb(0x40 + counter) << 8


@pytest.fixture
def timer(bench: Bench) -> Timer:
    return Timer(bench)


@pytest.mark.parametrize("count", [2, 100, 4772, 0])
def test_mode_2_interrupts_each_period_without_drift(timer: Timer, bench: Bench, count: int) -> None:
    timer.program(0, 2, count)
    period = count or 65536
    before = timer.irq.rises
    for turn in range(1, 50):
        bench.advance(int(turn * period * PERIOD) - bench.now)
        assert timer.irq.rises - before <= turn
        bench.advance(2)
        assert timer.irq.rises - before == turn


def test_mode_2_counts_down_by_one(timer: Timer) -> None:
    timer.program(0, 2, 1000)
    timer.clocks(300)
    assert timer.count(0) == 700
    timer.clocks(1300)
    assert timer.count(0) == 700


def test_mode_3_counts_down_by_two(timer: Timer) -> None:
    timer.program(0, 3, 1000)
    timer.clocks(100)
    assert timer.count(0) == 800
    timer.clocks(600)
    assert timer.count(0) == 800


@pytest.mark.parametrize(("count", "high"), [(1000, 500), (1001, 501)])
def test_mode_3_is_a_square_wave(timer: Timer, bench: Bench, count: int, high: int) -> None:
    bench.outb(PORT_B, 1)
    timer.program(2, 3, count)
    for clock, level in ((0, True), (high - 1, True), (high, False), (count - 1, False), (count, True)):
        timer.clocks(clock)
        assert bool(bench.inb(PORT_B) & 0x20) is level


def test_mode_0_interrupts_once_at_the_terminal_count(timer: Timer, bench: Bench) -> None:
    timer.program(0, 0, 1000)
    before = timer.irq.rises
    timer.clocks(999)
    assert timer.irq.rises == before
    timer.clocks(1000)
    assert timer.irq.rises == before + 1
    bench.advance(10**9)
    assert timer.irq.rises == before + 1


def test_mode_0_goes_on_counting_below_zero(timer: Timer) -> None:
    timer.program(0, 0, 10)
    timer.clocks(15)
    assert timer.count(0) == 0xFFFB


def test_a_latched_count_waits_to_be_read(timer: Timer, bench: Bench) -> None:
    timer.program(0, 2, 1000)
    timer.clocks(100)
    bench.outb(CONTROL, 0)
    timer.clocks(400)
    bench.outb(CONTROL, 0)  # ignored: one is latched already
    assert bench.inb(0x40) | bench.inb(0x40) << 8 == 900
    assert timer.count(0) == 600


def test_single_bytes(timer: Timer, bench: Bench) -> None:
    bench.outb(CONTROL, 0x14)  # counter 0, low byte only, mode 2
    bench.outb(0x40, 200)
    timer.clocks(50)
    assert bench.inb(0x40) == 150
    bench.outb(CONTROL, 0x24)  # high byte only
    bench.outb(0x40, 2)
    assert bench.inb(0x40) in (1, 2)


def test_binary_coded_decimal(timer: Timer) -> None:
    timer.program(0, 2, 0x1000, bcd=True)
    timer.clocks(1)
    assert timer.count(0) == 0x0999


def test_read_back_gives_status_before_count(timer: Timer, bench: Bench) -> None:
    timer.program(0, 2, 1000)
    timer.clocks(100)
    bench.outb(CONTROL, 0xC2)  # counter 0: count and status
    assert bench.inb(0x40) == 0x80 | 0x30 | 2 << 1  # OUT high, count loaded, both bytes, mode 2
    assert bench.inb(0x40) | bench.inb(0x40) << 8 == 900


def test_read_back_tells_that_no_count_is_loaded(timer: Timer, bench: Bench) -> None:
    bench.outb(CONTROL, 0x34)
    bench.outb(CONTROL, 0xE2)
    assert bench.inb(0x40) & 0x40
    bench.outb(0x40, 1)
    bench.outb(0x40, 1)
    bench.outb(CONTROL, 0xE2)
    assert not bench.inb(0x40) & 0x40
    del timer


def test_the_gate_of_counter_2_starts_it(timer: Timer, bench: Bench) -> None:
    timer.program(2, 1, 1000)
    bench.outb(PORT_B, 1)
    assert not bench.inb(PORT_B) & 0x20
    bench.advance(int(1001 * PERIOD))
    assert bench.inb(PORT_B) & 0x20
    bench.outb(PORT_B, 0)
    bench.outb(PORT_B, 1)
    assert not bench.inb(PORT_B) & 0x20
