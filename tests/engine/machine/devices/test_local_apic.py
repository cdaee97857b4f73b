# SPDX-License-Identifier: GPL-2.0-or-later
"""The local APIC, by the Intel SDM volume 3, chapter 10."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_bus import ApicBus, Message
from engine.machine.devices.local_apic import BASE
from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.apic_cpu import Cpu

ID, VERSION, TPR, PPR, EOI, LDR, DFR, SVR = 0x20, 0x30, 0x80, 0xA0, 0xB0, 0xD0, 0xE0, 0xF0
ISR, TMR, IRR, ESR, ICR, ICR_HIGH = 0x100, 0x180, 0x200, 0x280, 0x300, 0x310
TIMER, COUNTERS, LINT0, LINT1, ERROR = 0x320, 0x340, 0x350, 0x360, 0x370
INITIAL, CURRENT, DIVIDE = 0x380, 0x390, 0x3E0
MASKED, PERIODIC, EXTINT, NMI = 1 << 16, 1 << 17, 7 << 8, 4 << 8
SELF, ALL, OTHERS = 1 << 18, 2 << 18, 3 << 18
COUNT_NS = 10
"""a count of the timer at 100 MHz, divided by 1"""


@pytest.fixture
def bus() -> ApicBus:
    return ApicBus()


@pytest.fixture
def cpu(bench: Bench, bus: ApicBus) -> Cpu:
    return Cpu(bench, bus)


# --- 10.4: state after reset, version, enabling ---


def test_state_after_reset(cpu: Cpu) -> None:
    cpu.model.reset()
    assert [cpu[entry] for entry in (TIMER, COUNTERS, LINT0, LINT1, ERROR)] == [MASKED] * 5
    assert [cpu[register] for register in (ID, TPR, LDR, ICR, ICR_HIGH, ESR, INITIAL, CURRENT, DIVIDE)] == [0] * 9
    assert (cpu[DFR], cpu[SVR]) == (0xFFFFFFFF, 0xFF)
    assert all(cpu[first + 16 * n] == 0 for first in (ISR, TMR, IRR) for n in range(8))


def test_the_version_is_what_the_manual_s_sample_shows(cpu: Cpu) -> None:
    assert cpu[VERSION] == 0x40011


def test_while_disabled_by_software_every_local_entry_is_masked(cpu: Cpu) -> None:
    cpu[LINT0] = EXTINT
    cpu[SVR] = 0xFF
    assert cpu[LINT0] == EXTINT | MASKED
    cpu[LINT0] = EXTINT
    assert cpu[LINT0] == EXTINT | MASKED
    cpu.take(0x50)
    assert not cpu.core.interrupt


def test_only_accesses_of_32_bits_change_registers(cpu: Cpu) -> None:
    cpu.model.memory_write(BASE + TPR, 1, 0x20)
    cpu.model.memory_write(BASE + TPR + 4, 4, 0x20)
    assert cpu[TPR] == 0
    cpu[TPR] = 0x20
    assert cpu.model.memory_read(BASE + TPR, 1) == 0x20


# --- 10.8: priorities, IRR, ISR, EOI ---


def test_interrupts_are_served_by_class_and_number(cpu: Cpu) -> None:
    cpu.take(0x31, 0x80, 0x5F, 0x50)
    assert cpu.serve() == [0x80, 0x5F, 0x50, 0x31]


def test_a_vector_moves_from_irr_to_isr_and_leaves_at_eoi(cpu: Cpu) -> None:
    cpu.take(0x45)
    assert (cpu[IRR + 0x20], cpu[ISR + 0x20]) == (1 << 5, 0)
    assert cpu.model.acknowledge() == 0x45
    assert (cpu[IRR + 0x20], cpu[ISR + 0x20]) == (0, 1 << 5)
    assert cpu[PPR] == 0x40
    cpu[EOI] = 0
    assert (cpu[ISR + 0x20], cpu[PPR]) == (0, 0)


def test_a_higher_class_interrupts_a_lower_one_but_not_its_own(cpu: Cpu) -> None:
    cpu.take(0x45)
    cpu.model.acknowledge()
    cpu.take(0x4F)
    assert not cpu.core.interrupt
    cpu.take(0x51)
    assert cpu.core.interrupt
    assert cpu.model.acknowledge() == 0x51
    assert not cpu.core.interrupt
    cpu[EOI] = 0
    cpu[EOI] = 0
    assert cpu.serve() == [0x4F]


@pytest.mark.parametrize(
    ("task", "vector", "delivered"), [(0x40, 0x4F, False), (0x40, 0x50, True), (0xF0, 0xFF, False)]
)
def test_the_task_priority_holds_interrupts_back(cpu: Cpu, task: int, vector: int, delivered: bool) -> None:
    cpu[TPR] = task
    cpu.take(vector)
    assert cpu.core.interrupt is delivered
    cpu[TPR] = 0
    assert cpu.core.interrupt


def test_cr8_is_the_upper_half_of_the_task_priority(cpu: Cpu) -> None:
    """10.8.6."""
    cpu[TPR] = 0x5F
    assert cpu.core.cr8 == 5
    cpu.model.set_task_priority(7)
    assert cpu[TPR] == 0x70
    cpu.take(0x72)
    assert not cpu.core.interrupt
    cpu.model.set_task_priority(6)
    assert cpu.core.interrupt
    cpu.model.reset()
    assert cpu.core.cr8 == 0


def test_processor_priority_is_the_higher_of_both(cpu: Cpu) -> None:
    cpu.take(0x62)
    cpu.model.acknowledge()
    cpu[TPR] = 0x35
    assert cpu[PPR] == 0x60
    cpu[TPR] = 0x75
    assert cpu[PPR] == 0x75


def test_an_interrupt_that_was_held_back_meanwhile_is_spurious(cpu: Cpu) -> None:
    cpu.take(0x40)
    cpu[TPR] = 0xF0
    assert cpu.model.acknowledge() == 0xFF
    assert all(cpu[ISR + 16 * n] == 0 for n in range(8))


def test_the_end_of_a_level_triggered_interrupt_is_told(cpu: Cpu, bus: ApicBus) -> None:
    ended: list[int] = []
    bus.ended = ended.append
    cpu.take(0x40, level_triggered=True)
    cpu.take(0x50)
    assert cpu[TMR + 0x20] == 1
    cpu.serve()
    assert ended == [0x40]


# --- 10.5: local interrupts ---


def test_lint0_passes_the_8259_through(cpu: Cpu) -> None:
    cpu[LINT0] = EXTINT
    cpu.core.external = [0x08]
    cpu.model.set_lint(0, True)
    assert cpu.core.interrupt
    assert cpu.model.acknowledge() == 0x08
    assert all(cpu[ISR + 16 * n] == 0 for n in range(8))
    cpu.model.set_lint(0, False)
    assert not cpu.core.interrupt


def test_fixed_interrupts_come_before_external_ones(cpu: Cpu) -> None:
    cpu[LINT0] = EXTINT
    cpu.core.external = [0x08]
    cpu.model.set_lint(0, True)
    cpu.take(0x60)
    assert [cpu.model.acknowledge(), cpu.model.acknowledge()] == [0x60, 0x08]


def test_masking_lint0_takes_the_8259_away(cpu: Cpu) -> None:
    cpu[LINT0] = EXTINT
    cpu.model.set_lint(0, True)
    cpu[LINT0] = EXTINT | MASKED
    assert not cpu.core.interrupt


def test_lint0_can_be_an_interrupt_of_its_own(cpu: Cpu) -> None:
    cpu[LINT0] = 0x44
    for _ in range(2):
        cpu.model.set_lint(0, True)
        assert cpu.serve() == [0x44]
        cpu.model.set_lint(0, False)


def test_lint1_is_nmi(cpu: Cpu) -> None:
    cpu[LINT1] = NMI
    cpu.model.set_lint(1, True)
    cpu.model.set_lint(1, True)
    assert cpu.core.nmis == 1
    assert not cpu.core.interrupt


# --- 10.5.3: errors ---


def test_errors_show_after_a_write_of_esr(cpu: Cpu) -> None:
    cpu[ERROR] = 0x77
    cpu.take(0x0F)
    assert cpu[ESR] == 0
    cpu[ESR] = 0
    assert cpu[ESR] == 1 << 6  # received illegal vector
    assert cpu.serve() == [0x77]
    cpu[ICR] = SELF | 0x05
    cpu[ESR] = 0
    assert cpu[ESR] == 1 << 5  # send illegal vector


# --- 10.5.4: the timer ---


@pytest.mark.parametrize(
    ("code", "divisor"),
    [(0b0000, 2), (0b0001, 4), (0b0010, 8), (0b0011, 16), (0b1000, 32), (0b1001, 64), (0b1010, 128), (0b1011, 1)],
)
def test_one_shot_with_each_divisor(cpu: Cpu, bench: Bench, code: int, divisor: int) -> None:
    cpu[TIMER] = 0x40
    cpu[DIVIDE] = code
    cpu[INITIAL] = 1000
    bench.advance(400 * divisor * COUNT_NS)
    assert cpu[CURRENT] == 600
    bench.advance(600 * divisor * COUNT_NS - 1)
    assert not cpu.core.interrupt
    bench.advance(1)
    assert cpu.serve() == [0x40]
    assert cpu[CURRENT] == 0
    bench.advance(5000 * divisor * COUNT_NS)
    assert not cpu.core.interrupt


def test_periodic_does_not_drift(cpu: Cpu, bench: Bench) -> None:
    cpu[TIMER] = PERIODIC | 0x40
    cpu[DIVIDE] = 0b1011
    cpu[INITIAL] = 333
    for period in range(1, 100):
        bench.advance(period * 333 * COUNT_NS - bench.now - 1)
        assert not cpu.core.interrupt
        bench.advance(1)
        assert cpu.serve() == [0x40]
    bench.advance(33 * COUNT_NS)
    assert cpu[CURRENT] == 300


def test_a_masked_timer_counts_silently(cpu: Cpu, bench: Bench) -> None:
    cpu[TIMER] = PERIODIC | MASKED | 0x40
    cpu[DIVIDE] = 0b1011
    cpu[INITIAL] = 1000
    bench.advance(1_500 * COUNT_NS)
    assert (cpu[CURRENT], cpu.core.interrupt) == (500, False)
    cpu[TIMER] = PERIODIC | 0x40
    bench.advance(500 * COUNT_NS)
    assert cpu.serve() == [0x40]


def test_an_initial_count_of_zero_stops(cpu: Cpu, bench: Bench) -> None:
    cpu[TIMER] = PERIODIC | 0x40
    cpu[INITIAL] = 1000
    cpu[INITIAL] = 0
    bench.advance(1_000_000)
    assert (cpu[CURRENT], cpu.core.interrupt) == (0, False)


def test_the_count_goes_on_when_one_shot_becomes_periodic_and_back(cpu: Cpu, bench: Bench) -> None:
    cpu[TIMER] = 0x40
    cpu[DIVIDE] = 0b1011
    cpu[INITIAL] = 1000
    bench.advance(600 * COUNT_NS)
    cpu[TIMER] = PERIODIC | 0x40
    assert cpu[CURRENT] == 400
    bench.advance(400 * COUNT_NS)
    assert cpu.serve() == [0x40]
    bench.advance(3_700 * COUNT_NS)
    assert (cpu[CURRENT], cpu.serve()) == (300, [0x40])
    cpu[TIMER] = 0x40
    assert cpu[CURRENT] == 300
    bench.advance(300 * COUNT_NS)
    assert (cpu[CURRENT], cpu.serve()) == (0, [0x40])
    bench.advance(5_000 * COUNT_NS)
    assert not cpu.core.interrupt


def test_a_count_that_is_done_does_not_begin_again_as_a_periodic_one(cpu: Cpu, bench: Bench) -> None:
    cpu[TIMER] = 0x40
    cpu[INITIAL] = 1000
    bench.advance(1_000_000)
    assert cpu.serve() == [0x40]
    cpu[TIMER] = PERIODIC | 0x40
    bench.advance(1_000_000)
    assert (cpu[CURRENT], cpu.core.interrupt) == (0, False)


# --- 10.4.3, 10.4.4: IA32_APIC_BASE ---


def test_the_registers_move_with_the_base(cpu: Cpu) -> None:
    cpu.model.change_base(0xFED40000 | 1 << 11)
    assert (cpu.model.window, cpu.core.base) == (0xFED40000, 0xFED40800)
    assert cpu.model.memory_read(0xFED40000 + VERSION, 4) == 0x40011
    cpu.model.reset()
    assert (cpu.model.window, cpu.core.base) == (BASE, BASE | 1 << 11 | 1 << 8)


def test_only_the_first_one_is_of_the_bootstrap_processor(bench: Bench, bus: ApicBus) -> None:
    assert [Cpu(bench, bus, number).core.base & 1 << 8 for number in range(2)] == [1 << 8, 0]


def test_without_its_local_apic_the_cpu_has_intr_and_nmi(cpu: Cpu, bench: Bench, bus: ApicBus) -> None:
    cpu[TIMER] = PERIODIC | 0x40
    cpu[INITIAL] = 1000
    cpu.take(0x80)
    cpu.model.change_base(BASE)
    bench.advance(1_000_000)
    bus.send(Message(0x50, 0))
    assert not cpu.core.interrupt
    cpu.core.external = [0x08]
    cpu.model.set_lint(0, True)
    assert (cpu.core.interrupt, cpu.model.acknowledge()) == (True, 0x08)
    cpu.model.set_lint(1, True)
    assert cpu.core.nmis == 1
    cpu.model.change_base(BASE | 1 << 11)
    assert not cpu.core.interrupt
    assert [cpu[entry] for entry in (TIMER, COUNTERS, LINT0, LINT1, ERROR)] == [MASKED] * 5
    assert (cpu[SVR], cpu[IRR + 0x40], cpu[INITIAL]) == (0xFF, 0, 0)


# --- 10.6: messages between processors ---


@pytest.fixture
def two(bench: Bench, bus: ApicBus) -> tuple[Cpu, Cpu]:
    return Cpu(bench, bus, 0), Cpu(bench, bus, 1)


@pytest.mark.parametrize(
    ("shorthand", "to_first", "to_second"), [(SELF, True, False), (ALL, True, True), (OTHERS, False, True)]
)
def test_shorthands(two: tuple[Cpu, Cpu], shorthand: int, to_first: bool, to_second: bool) -> None:
    two[0][ICR] = shorthand | 0x66
    assert (two[0].core.interrupt, two[1].core.interrupt) == (to_first, to_second)


@pytest.mark.parametrize(("destination", "reached"), [(0, [0]), (1, [1]), (0xFF, [0, 1]), (2, [])])
def test_physical_destinations(two: tuple[Cpu, Cpu], destination: int, reached: list[int]) -> None:
    two[0][ICR_HIGH] = destination << 24
    two[0][ICR] = 0x66
    assert [number for number in range(2) if two[number].core.interrupt] == reached


@pytest.mark.parametrize(
    ("model", "names", "destination", "reached"),
    [
        (0xFFFFFFFF, (0x01, 0x02), 0x02, [1]),
        (0xFFFFFFFF, (0x01, 0x02), 0x03, [0, 1]),
        (0x0FFFFFFF, (0x11, 0x21), 0x11, [0]),
        (0x0FFFFFFF, (0x11, 0x21), 0xF1, [0, 1]),
        (0x0FFFFFFF, (0x11, 0x12), 0x12, [1]),
    ],
)
def test_logical_destinations(
    two: tuple[Cpu, Cpu], model: int, names: tuple[int, int], destination: int, reached: list[int]
) -> None:
    for cpu, name in zip(two, names, strict=True):
        cpu[DFR] = model
        cpu[LDR] = name << 24
    two[0][ICR_HIGH] = destination << 24
    two[0][ICR] = 1 << 11 | 0x66
    assert [number for number in range(2) if two[number].core.interrupt] == reached


def test_lowest_priority_goes_to_the_least_busy(two: tuple[Cpu, Cpu]) -> None:
    two[0][TPR] = 0x20
    two[0][ICR_HIGH] = 0xFF << 24
    two[0][ICR] = 1 << 8 | 0x66
    assert [cpu.core.interrupt for cpu in two] == [False, True]


def test_nmi_and_smi_by_message(two: tuple[Cpu, Cpu]) -> None:
    two[0][ICR_HIGH] = 1 << 24
    two[0][ICR] = NMI | 1 << 14
    two[0][ICR] = SELF | 2 << 8
    assert [(cpu.core.nmis, cpu.core.smis) for cpu in two] == [(0, 1), (1, 0)]
