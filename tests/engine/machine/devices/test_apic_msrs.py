# SPDX-License-Identifier: GPL-2.0-or-later
"""The local APIC by its MSRs (Intel SDM volume 3, 10.4.4, 10.5.4.1, 10.12)."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_bus import ApicBus, Message
from engine.machine.devices.local_apic import BASE
from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.apic_cpu import Cpu

APIC_BASE, DEADLINE = 0x1B, 0x6E0
BOOTSTRAP, EXTENDED, ENABLED = 1 << 8, 1 << 10, 1 << 11
ID, VERSION, TPR, PPR, EOI, LDR, DFR, SVR = 0x802, 0x803, 0x808, 0x80A, 0x80B, 0x80D, 0x80E, 0x80F
ISR, IRR, ESR, ICR, ICR_HIGH, SELF_IPI = 0x810, 0x820, 0x828, 0x830, 0x831, 0x83F
TIMER, THERMAL, COUNTERS, LINT0, LINT1, ERROR = 0x832, 0x833, 0x834, 0x835, 0x836, 0x837
INITIAL, CURRENT, DIVIDE = 0x838, 0x839, 0x83E
LOGICAL, OTHERS = 1 << 11, 3 << 18


@pytest.fixture
def bus() -> ApicBus:
    return ApicBus()


@pytest.fixture
def cpu(bench: Bench, bus: ApicBus) -> Cpu:
    """In xAPIC mode, as after reset."""
    return Cpu(bench, bus)


@pytest.fixture
def extended(cpu: Cpu) -> Cpu:
    assert cpu.wrmsr(APIC_BASE, BASE | BOOTSTRAP | ENABLED | EXTENDED)
    return cpu


@pytest.fixture
def two(bench: Bench, bus: ApicBus) -> tuple[Cpu, Cpu]:
    pair = Cpu(bench, bus, 0), Cpu(bench, bus, 1)
    for cpu in pair:
        assert cpu.wrmsr(APIC_BASE, BASE | ENABLED | EXTENDED)
    return pair


# --- modes (10.4.4 and 10.12.5) ---

PATHS = {
    "xAPIC": [ENABLED],
    "disabled": [0],
    "x2APIC": [ENABLED | EXTENDED],
}
"""How to come to each mode from xAPIC mode."""


@pytest.mark.parametrize(
    ("mode", "then", "permitted"),
    [
        ("xAPIC", ENABLED, True),
        ("xAPIC", 0, True),
        ("xAPIC", ENABLED | EXTENDED, True),
        ("xAPIC", EXTENDED, False),
        ("x2APIC", ENABLED | EXTENDED, True),
        ("x2APIC", 0, True),
        ("x2APIC", ENABLED, False),
        ("x2APIC", EXTENDED, False),
        ("disabled", 0, True),
        ("disabled", ENABLED, True),
        ("disabled", ENABLED | EXTENDED, False),
        ("disabled", EXTENDED, False),
    ],
)
def test_which_modes_follow_which(cpu: Cpu, mode: str, then: int, permitted: bool) -> None:
    for value in PATHS[mode]:
        assert cpu.wrmsr(APIC_BASE, BASE | value)
    before = cpu.rdmsr(APIC_BASE)
    assert cpu.wrmsr(APIC_BASE, BASE | then) is permitted
    assert cpu.rdmsr(APIC_BASE) == (BASE | then if permitted else before)


@pytest.mark.parametrize("bit", [0, 7, 9, 40, 52, 63])
def test_reserved_bits_of_the_base_fault(cpu: Cpu, bit: int) -> None:
    assert not cpu.wrmsr(APIC_BASE, BASE | BOOTSTRAP | ENABLED | 1 << bit)
    assert cpu.rdmsr(APIC_BASE) == BASE | BOOTSTRAP | ENABLED


def test_registers_are_msrs_in_x2apic_mode_only(cpu: Cpu) -> None:
    assert cpu.rdmsr(VERSION) is None
    assert not cpu.wrmsr(TPR, 0x20)
    assert cpu.wrmsr(APIC_BASE, BASE | ENABLED | EXTENDED)
    assert cpu.rdmsr(VERSION) == 0x40011
    assert cpu.model.window < 0


def test_registers_keep_their_values_over_the_change_to_x2apic_mode(cpu: Cpu) -> None:
    cpu.model.put(0x80, 0x35)
    cpu.take(0x81)
    assert cpu.wrmsr(APIC_BASE, BASE | ENABLED | EXTENDED)
    assert (cpu.rdmsr(TPR), cpu.rdmsr(SVR), cpu.rdmsr(IRR + 4)) == (0x35, 0x1FF, 2)
    assert cpu.serve() == [0x81]


# --- registers (10.12.1.2, table 10-6) ---


@pytest.mark.parametrize("number", [DFR, ICR_HIGH, THERMAL, EOI, SELF_IPI, 0x800, 0x801, 0x83A, 0x8FF])
def test_what_cannot_be_read_faults(extended: Cpu, number: int) -> None:
    assert extended.rdmsr(number) is None


@pytest.mark.parametrize("number", [ID, VERSION, PPR, LDR, DFR, ISR, IRR, ICR_HIGH, THERMAL, CURRENT, 0x801, 0x8FF])
def test_what_cannot_be_written_faults(extended: Cpu, number: int) -> None:
    assert not extended.wrmsr(number, 0)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (TPR, 0x100),
        (EOI, 1),
        (ESR, 1),
        (SVR, 1 << 10),
        (TIMER, 1 << 19),
        (LINT0, 1 << 11),
        (DIVIDE, 4),
        (INITIAL, 1 << 32),
        (SELF_IPI, 0x100),
        (ICR, 1 << 12),
        (ICR, 1 << 20),
    ],
)
def test_reserved_bits_fault(extended: Cpu, number: int, value: int) -> None:
    assert not extended.wrmsr(number, value)


def test_a_written_register_reads_the_same(extended: Cpu) -> None:
    for number, value in ((TPR, 0x45), (TIMER, 0x20040), (LINT1, 0x10400), (DIVIDE, 0xB), (INITIAL, 1000)):
        assert extended.wrmsr(number, value)
        assert extended.rdmsr(number) == value


def test_the_identifiers(bench: Bench, bus: ApicBus) -> None:
    """10.12.10: the logical ID is a cluster of sixteen and a bit in it."""
    cpu = Cpu(bench, bus, 0x25)
    assert cpu.wrmsr(APIC_BASE, BASE | ENABLED | EXTENDED)
    assert (cpu.rdmsr(ID), cpu.rdmsr(LDR)) == (0x25, 0x2_0020)


# --- messages (10.12.9 to 10.12.11) ---


@pytest.mark.parametrize(
    ("command", "reached"),
    [
        (1 << 32 | 0x66, [1]),
        (0xFFFFFFFF << 32 | 0x66, [0, 1]),
        (0xFF << 32 | 0x66, []),
        (2 << 32 | LOGICAL | 0x66, [1]),
        (3 << 32 | LOGICAL | 0x66, [0, 1]),
        (0x1_0001 << 32 | LOGICAL | 0x66, []),
        (0xFFFFFFFF << 32 | LOGICAL | 0x66, [0, 1]),
        (OTHERS | 0x66, [1]),
    ],
)
def test_destinations_have_32_bits(two: tuple[Cpu, Cpu], command: int, reached: list[int]) -> None:
    assert two[0].wrmsr(ICR, command)
    assert two[0].rdmsr(ICR) == command
    assert [number for number in range(2) if two[number].core.interrupt] == reached


def test_a_message_to_oneself_has_a_register_of_its_own(extended: Cpu) -> None:
    assert extended.wrmsr(SELF_IPI, 0x77)
    assert extended.model.acknowledge() == 0x77
    assert extended.rdmsr(ISR + 3) == 1 << 23
    assert extended.wrmsr(EOI, 0)
    assert extended.rdmsr(ISR + 3) == 0


def test_messages_of_the_board_reach_an_x2apic(two: tuple[Cpu, Cpu], bus: ApicBus) -> None:
    bus.send(Message(0x50, 0, destination=1))
    bus.send(Message(0x51, 0, destination=1, logical=True))
    assert [cpu.serve() for cpu in two] == [[0x51], [0x50]]


# --- the deadline (10.5.4.1) ---


def test_the_deadline_reads_zero_in_other_modes(cpu: Cpu) -> None:
    assert cpu.wrmsr(DEADLINE, 5_000)
    assert cpu.rdmsr(DEADLINE) == 0


def test_the_deadline_interrupts(cpu: Cpu, bench: Bench) -> None:
    cpu[0x320] = 2 << 17 | 0x40
    assert cpu.wrmsr(DEADLINE, 5_000)
    assert cpu.rdmsr(DEADLINE) == 5_000
    bench.advance(4_999)
    assert not cpu.core.interrupt
    bench.advance(1)
    assert (cpu.serve(), cpu.rdmsr(DEADLINE)) == ([0x40], 0)
    bench.advance(100_000)
    assert not cpu.core.interrupt


def test_a_write_of_the_time_stamp_counter_brings_the_deadline_nearer(cpu: Cpu, bench: Bench) -> None:
    cpu[0x320] = 2 << 17 | 0x40
    assert cpu.wrmsr(DEADLINE, 5_000)
    cpu.core.time_stamp_offset = 3_000
    cpu.model.timer.time_stamp_changed()
    bench.advance(2_000)
    assert cpu.serve() == [0x40]
