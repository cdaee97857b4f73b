# SPDX-License-Identifier: GPL-2.0-or-later
"""Code that changes is translated anew, whoever changed it and by whatever mapping (Intel SDM volume 3, 12.6)."""

from __future__ import annotations

from pathlib import Path

from engine.machine import snapshot
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble, results

CODE = 0x280000
"""physical address of a function that the guests call: MOV EAX, imm32; RET"""
FUNCTION = b"\xb8" + bytes(4) + b"\xc3"
TIMES = 1000

MAP_TWICE = """
    movl $0x200083, 0x3010          # linear 4 MiB: the same page as 2 MiB
    movq %cr3, %rax
    movq %rax, %cr3
    movb $0xb8, 0x480000
    movb $0xc3, 0x480005
    movq $0, 0x300000
    movq $0, 0x300008
    xorl %esi, %esi
"""
REWRITE = (
    MAP_TWICE
    + """
1:  movl %esi, 0x480001             # write through one mapping
    movl $0x280000, %edx
    callq *%rdx                     # run through the other
    cmpl %esi, %eax
    je 2f
    incq 0x300008                   # stale
2:  incl %esi
    movq %rsi, 0x300000
    cmpl $1000, %esi
    jb 1b
3:  hlt
    jmp 3b
"""
)
CALL_FOR_EVER = """
1:  movl $0x280000, %edx
    callq *%rdx
    movl %eax, 0x300000
    jmp 1b
"""


def guest(source: str) -> Machine:
    machine = Machine()
    machine.memory.write(CODE, FUNCTION)
    machine.memory.write(LOAD, assemble(source))
    return machine


def test_code_written_through_one_mapping_and_run_through_another() -> None:
    with guest(REWRITE) as machine:
        machine.run_seconds(0.1)
        assert results(machine, 2) == (TIMES, 0)


def test_code_that_a_device_writes() -> None:
    with guest(CALL_FOR_EVER) as machine:
        for value in range(100):
            machine.memory.write_int(CODE + 1, 4, value)
            machine.run_seconds(0.0001)
            assert results(machine, 1) == (value,)


def test_code_written_through_another_mapping_after_a_snapshot(tmp_path: Path) -> None:
    with guest(REWRITE) as machine:
        machine.run(machine.ticks + 60_000)
        done, stale = results(machine, 2)
        assert 0 < done < TIMES
        assert not stale
        snapshot.save(machine, tmp_path / "a.snapshot")
        with snapshot.restore(tmp_path / "a.snapshot", None) as restored:
            for each in (restored, machine):
                each.run_seconds(0.1)
                assert results(each, 2) == (TIMES, 0)
            assert restored.counters() == machine.counters()


def test_two_cpus_are_opened_and_the_second_waits() -> None:
    with Machine(config=MachineConfig(cpus=2)) as machine:
        machine.memory.write(CODE, FUNCTION)
        machine.memory.write(LOAD, assemble(REWRITE))
        machine.run_seconds(0.1)
        assert results(machine, 2) == (TIMES, 0)
