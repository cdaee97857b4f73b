# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's time stamp counter as instruction and as register 0x10 (Intel SDM volume 3, 17.17)."""

from __future__ import annotations

from engine.machine import snapshot
from tests.engine.machine.small_guest import LOAD, assemble, results, running

STORE = """
    .macro store place
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, 0x300000 + 8 * \\place
    .endm
"""
HALT = """
1:  hlt
    jmp 1b
"""


def test_the_register_and_the_instruction_read_the_same() -> None:
    source = f"""{STORE}
    movl $0x10, %ecx
    rdmsr
    store 0
    rdtsc
    store 1
    rdtscp
    store 2
    {HALT}"""
    with running(source, 0.01) as machine:
        register, first, second = results(machine, 3)
        assert 0 < register <= first <= second < register + 1000


def test_the_guest_may_set_it_and_the_machine_s_clock_stays(tmp_path) -> None:
    source = f"""{STORE}
    movl $0x10, %ecx
    movl $0x12345678, %edx
    movl $0x9abcdef0, %eax
    wrmsr
    rdtsc
    store 0
    movl $0x10, %ecx
    rdmsr
    store 1
2:  rdtsc
    store 2
    jmp 2b
    """
    with running(source, 0.001) as machine:
        value = 0x123456789ABCDEF0
        instruction, register, later = results(machine, 3)
        assert value <= instruction <= register < value + 1000
        assert machine.tsc_hz // 1000 <= machine.ticks < machine.tsc_hz // 1000 + 1000
        assert value < later < value + machine.ticks
        snapshot.save(machine, tmp_path / "a")
        machine.run_seconds(0.001)
        expected = results(machine, 3)
    with snapshot.restore(tmp_path / "a", None) as restored:
        restored.run_seconds(0.001)
        assert results(restored, 3) == expected
        assert expected[2] > later


def test_a_reset_begins_it_anew() -> None:
    source = f"""{STORE}
    movl $0x10, %ecx
    movl $0x40000000, %edx
    wrmsr
    {HALT}"""
    reading = f"{STORE}\n rdtsc\n store 0\n{HALT}"
    with running(source, 0.001) as machine:
        machine.reset()
        machine.memory.write(LOAD, assemble(reading))
        machine.run_seconds(0.001)
        assert 0 < results(machine, 1)[0] <= machine.ticks
