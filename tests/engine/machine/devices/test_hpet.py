# SPDX-License-Identifier: GPL-2.0-or-later
"""The event timers, by the IA-PC HPET specification 1.0a, chapter 2, and in a guest."""

from __future__ import annotations

from collections import defaultdict

import pytest

from engine.machine.clock import Clock
from engine.machine.devices.hpet import Hpet
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.small_guest import results, running

BASE = 0xFED00000
CONFIGURATION, STATUS, COUNTER = 0x10, 0x20, 0xF0
TIMER = [(0x100 + 0x20 * number, 0x108 + 0x20 * number) for number in range(3)]
"""Configuration and comparator of each timer."""
RUN, LEGACY = 1, 2
LEVEL, INTERRUPT, PERIODIC, SET, NARROW = 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 8
INPUT = 20
ROUTE = INPUT << 9
CYCLE = 10
"""nanoseconds"""


class Timers:
    """The device on a bench, with the interrupt lines it drives."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.wires: dict[int, Wire] = defaultdict(Wire)
        self.model = Hpet(bench.windows, bench.clock, lambda number, level: self.wires[number](level))

    def __setitem__(self, register: int, value: int) -> None:
        self.bench.windows.write(BASE + register, 8, value)

    def __getitem__(self, register: int) -> int:
        return self.bench.windows.read(BASE + register, 8)

    def cycles(self, count: int) -> None:
        self.bench.advance(count * CYCLE)

    def rises(self, number: int = INPUT) -> int:
        return self.wires[number].rises


@pytest.fixture
def timers(bench: Bench) -> Timers:
    return Timers(bench)


def test_capabilities(timers: Timers) -> None:
    """2.3.4, 2.3.8: a period of at most 100 ns; three periodic timers of 64 bits without messages."""
    value = timers[0]
    assert value >> 32 == CYCLE * 10**6
    assert value >> 32 <= 0x05F5E100
    assert (value & 0xFF, value >> 8 & 0x1F, value >> 13 & 1, value >> 15 & 1) == (1, 2, 1, 1)
    for configuration, comparator in TIMER:
        assert timers[configuration] == 0x00F00000 << 32 | 1 << 5 | 1 << 4
        assert timers[comparator] == (1 << 64) - 1
    assert timers[0x160] == timers[0x110] == timers[0x3F8] == 0


def test_the_counter_runs_while_enabled_and_can_be_set_while_halted(timers: Timers) -> None:
    timers.cycles(5)
    assert timers[COUNTER] == 0
    timers[CONFIGURATION] = RUN
    timers.cycles(100)
    timers[COUNTER] = 7  # it runs: undefined, here without effect
    assert timers[COUNTER] == 100
    timers[CONFIGURATION] = 0
    timers.cycles(50)
    assert timers[COUNTER] == 100
    timers[COUNTER] = (1 << 64) - 2
    timers[CONFIGURATION] = RUN
    timers.cycles(5)
    assert timers[COUNTER] == 3


def test_halves_of_registers(timers: Timers) -> None:
    write, read = timers.bench.windows.write, timers.bench.windows.read
    write(BASE + COUNTER + 4, 4, 0x12)
    write(BASE + COUNTER, 4, 0x34)
    assert timers[COUNTER] == 0x12_0000_0034
    assert read(BASE + COUNTER + 4, 4) == 0x12
    assert timers.bench.windows.peek(BASE + COUNTER, 8) == 0x12_0000_0034
    write(BASE + COUNTER, 2, 0xFFFF)
    write(BASE + COUNTER + 2, 4, 0xFFFF)
    assert timers[COUNTER] == 0x12_0000_0034


def test_one_shot(timers: Timers) -> None:
    timers[TIMER[0][0]] = INTERRUPT | ROUTE
    timers[TIMER[0][1]] = 1000
    timers[CONFIGURATION] = RUN
    timers.cycles(999)
    assert timers.rises() == 0
    timers.cycles(1)
    assert timers.rises() == 1
    timers.cycles(10**9)
    assert (timers.rises(), timers[TIMER[0][1]], timers[STATUS]) == (1, 1000, 0)
    timers[TIMER[0][1]] = timers[COUNTER] - 1  # it has passed: the next time is after 2 ** 64 cycles
    timers.cycles(10**9)
    assert timers.rises() == 1


def test_a_comparator_may_be_set_before_the_interrupt_is_enabled(timers: Timers) -> None:
    timers[CONFIGURATION] = RUN
    timers[TIMER[0][1]], timers[TIMER[1][1]] = 1000, 5
    timers.cycles(10)
    timers[TIMER[0][0]] = timers[TIMER[1][0]] = INTERRUPT | ROUTE
    timers.cycles(989)
    assert timers.rises() == 0
    timers.cycles(1)
    assert (timers.rises(), timers[TIMER[0][1]], timers[TIMER[1][1]]) == (1, 1000, 5)


def test_one_shot_of_32_bits_matches_whenever_the_counter_wraps(timers: Timers) -> None:
    timers[TIMER[1][0]] = INTERRUPT | ROUTE | NARROW
    timers[TIMER[1][1]] = 0xFF_0000_1000
    assert timers[TIMER[1][1]] == 0x1000
    timers[CONFIGURATION] = RUN
    timers.cycles(0x1000)
    assert timers.rises() == 1
    timers.cycles((1 << 32) - 1)
    assert timers.rises() == 1
    timers.cycles(1)
    assert timers.rises() == 2


@pytest.mark.parametrize("narrow", [0, NARROW])
def test_periodic_without_drift(timers: Timers, narrow: int) -> None:
    """2.3.9.2.2: with VAL_SET a write sets the accumulator and the period, the next one the period alone."""
    timers[TIMER[0][0]] = INTERRUPT | ROUTE | PERIODIC | SET | narrow
    timers[TIMER[0][1]] = 500
    assert timers[TIMER[0][0]] & SET == 0
    timers[TIMER[0][1]] = 300
    timers[CONFIGURATION] = RUN
    timers.cycles(499)
    assert timers.rises() == 0
    for turn in range(1, 10):
        timers.cycles(1)
        assert (timers.rises(), timers[TIMER[0][1]]) == (turn, 500 + 300 * turn)
        timers.cycles(299)


def test_a_periodic_timer_goes_on_unheard(timers: Timers) -> None:
    timers[TIMER[2][0]] = PERIODIC | SET | ROUTE
    timers[TIMER[2][1]] = 100
    timers[CONFIGURATION] = RUN
    timers.cycles(950)
    assert (timers.rises(), timers[TIMER[2][1]]) == (0, 1000)
    timers[TIMER[2][0]] = INTERRUPT | PERIODIC | ROUTE
    timers.cycles(50)
    assert timers.rises() == 1
    timers[CONFIGURATION] = 0
    timers.cycles(1000)
    timers[CONFIGURATION] = RUN
    timers.cycles(99)
    assert timers.rises() == 1
    timers.cycles(1)
    assert timers.rises() == 2


def test_level_triggered(timers: Timers) -> None:
    """2.3.6: asserted until software clears the status bit."""
    timers[TIMER[1][0]] = INTERRUPT | LEVEL | ROUTE
    timers[TIMER[1][1]] = 10
    timers[CONFIGURATION] = RUN
    timers.cycles(10)
    assert (timers[STATUS], timers.wires[INPUT].level) == (2, True)
    timers[STATUS] = 1
    assert timers.wires[INPUT].level
    timers[STATUS] = 2
    assert (timers[STATUS], timers.wires[INPUT].level) == (0, False)


def test_an_input_that_a_timer_does_not_reach_is_not_taken(timers: Timers) -> None:
    timers[TIMER[0][0]] = ROUTE
    timers[TIMER[0][0]] = 5 << 9 | INTERRUPT
    assert timers[TIMER[0][0]] & 0xFFFF == ROUTE | INTERRUPT | 1 << 5 | 1 << 4


def test_legacy_replacement(timers: Timers) -> None:
    """2.3.5: timers 0 and 1 take IRQ 0 and 8 from the 8254 and the RTC, which have them again afterwards."""
    ticks, alarm = timers.model.legacy(0), timers.model.legacy(8)
    ticks(True)
    assert timers.wires[0].level
    for number in (0, 1):
        timers[TIMER[number][0]] = INTERRUPT | ROUTE
        timers[TIMER[number][1]] = 100 * (number + 1)
    timers[CONFIGURATION] = RUN | LEGACY
    assert not timers.wires[0].level
    alarm(True)
    assert not timers.wires[8].level
    timers.cycles(200)
    assert (timers.rises(0), timers.rises(8), timers.rises()) == (2, 1, 0)
    timers[CONFIGURATION] = RUN
    assert (timers.wires[0].level, timers.wires[8].level) == (True, True)
    ticks(False)
    assert not timers.wires[0].level


def test_reset(timers: Timers) -> None:
    timers[TIMER[0][0]] = INTERRUPT | LEVEL | ROUTE
    timers[TIMER[0][1]] = 10
    timers[CONFIGURATION] = RUN
    timers.cycles(20)
    timers.model.reset()
    assert not timers.wires[INPUT].level
    assert timers[CONFIGURATION] == timers[STATUS] == timers[COUNTER] == timers[TIMER[0][0]] & 0xFFFF & ~0x30 == 0
    assert timers.bench.clock.next_tick == Clock(1, lambda: 0, lambda _: None).next_tick


def test_in_a_guest() -> None:
    """Ten interrupts of a periodic timer through the IO-APIC, each 100 microseconds by the time stamp counter."""
    source = """
    gate 0x50, on_timer
    ioapic 0x38, 0x50               /* input 20: vector 0x50, edge */
    ioapic 0x39, 0
    lapic 0xf0, 0x1ff
    movl $0xfed00000, %ebp
    movl $20 << 9 | 0x4c, %eax      /* interrupt, periodic, VAL_SET */
    movl %eax, 0x100(%rbp)
    movl $10000, %eax
    movq %rax, 0x108(%rbp)
    movq $0, 0x300000
    movq $1, 0x10(%rbp)
    sti
1:  hlt
    cmpq $10, 0x300000
    jb 1b
    cli
    movq 0xf0(%rbp), %rax
    movq %rax, 0x300008
2:  hlt
    jmp 2b
on_timer:
    incq 0x300000
    eoi
    iretq
    """
    with running(source, 0.01) as machine:
        count, cycles = results(machine, 2)
    assert count == 10
    assert 100_000 <= cycles < 100_500
