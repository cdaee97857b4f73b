# SPDX-License-Identifier: GPL-2.0-or-later
"""Two CPUs: the second waits for a start-up message and runs code of the guest (Intel SDM volume 3, 8.4, 9.1, 10.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.variables import Variable
from engine.machine import snapshot
from tests.engine.machine.small_guest import results
from tests.engine.machine.two_cpus import COUNT_TOGETHER, SECOND, seen, two_cpus

ROUNDS = 1000


def test_the_second_waits_until_it_is_started() -> None:
    """In real mode, at the first byte of the page, with the registers of 9.1.1; the first goes on meanwhile."""
    source = """
    movl $0, 0x9000
    movl $1000, %ecx
2:  cmpl $0, 0x9000             /* nobody has come by */
    jne 3f
    loop 2b
    start_second
2:  pause
    cmpl $0x1234, 0x9000
    jne 2b
    movl $0x5678, 0x9004
3:  halt
    .org 0x400
    .code16
    movw %cs, %ax
    movw %ax, %cs:0x1008        /* at 0x9008 */
    movl $0x1234, %cs:0x1000
    lock addl $1, %cs:0x100c
4:  hlt
    jmp 4b
    """
    with two_cpus(source) as machine:
        first, second = machine.cpus
        assert (first.waiting, second.waiting, second.halted) == (False, True, True)
        machine.memory.write(0x9000, bytes(16))
        machine.run_seconds(0.01)
        assert [machine.memory.read_int(0x9000 + 4 * n, 4) for n in range(4)] == [0x1234, 0x5678, 0x0800, 1]
        assert (second.waiting, second.halted) == (False, True)
        read = second.variable
        assert (read(Variable.CS), read(Variable.CSBASE), read(Variable.CR0) & 1) == (0x0800, 0x8000, 0)


def test_both_run_and_share_memory() -> None:
    with two_cpus(COUNT_TOGETHER + SECOND + "    call add\n    halt\n") as machine:
        machine.run_seconds(0.1)
        assert results(machine, 2) == (2 * ROUNDS, 2 * ROUNDS)
        assert all(cpu.halted for cpu in machine.cpus)


def test_they_interrupt_each_other() -> None:
    """Each halts until the other's message comes, 1000 times; then both get one from the first, by shorthand."""
    source = (
        """
    gate 0x60, on_ping
    gate 0x70, on_all
    movq $0, 0x300000
    movq $0, 0x300008
    movq $0, 0x300010
    movq $0, 0x300018
    start_second
    sti
1:  hlt
    cmpq $1000, 0x300000
    jb 1b
    cli
    lapic 0x300, 0x80070        /* all including self */
    sti
2:  jmp 2b
on_ping:                        /* counts for the CPU, and answers */
    pushq %rbx
    pushq %rax
    movl $LAPIC + 0x20, %ebx
    movl (%rbx), %eax
    shrl $24, %eax
    incq 0x300000(, %rax, 8)
    eoi
    xorl $1, %eax
    shll $24, %eax
    movl $LAPIC + 0x310, %ebx
    movl %eax, (%rbx)
    cmpq $1000, 0x300000
    jae 1f
    lapic 0x300, 0x60
1:  popq %rax
    popq %rbx
    iretq
on_all:
    pushq %rbx
    pushq %rax
    movl $LAPIC + 0x20, %ebx
    movl (%rbx), %eax
    shrl $24, %eax
    incq 0x300010(, %rax, 8)
    eoi
    popq %rax
    popq %rbx
    iretq
    """
        + SECOND
        + """
    lapic 0x310, 0
    lapic 0x300, 0x60
    sti
1:  hlt
    jmp 1b
    """
    )
    with two_cpus(source) as machine:
        machine.run_seconds(0.2)
        assert results(machine, 4) == (ROUNDS, ROUNDS - 1, 1, 1)
        counts = machine.device_counts()
        assert counts["local APIC 1"]["interrupts"] == ROUNDS


MAP_TWICE = """
    movl $0x200083, 0x3010          # linear 4 MiB: the same page as 2 MiB
    movq %cr3, %rax
    movq %rax, %cr3
    movb $0xb8, 0x480000            # mov eax, imm32; ret
    movb $0xc3, 0x480005
    movq $0, 0x300000               # rounds done
    movq $0, 0x300008               # stale
    movq $0, 0x300010               # whose turn it is
"""
ONE_WRITES_THE_OTHER_RUNS = (
    MAP_TWICE
    + """
    start_second
    xorl %esi, %esi
1:  movl %esi, 0x480001             # write through one mapping
    movl $1, 0x300010
2:  pause
    cmpl $0, 0x300010
    jne 2b
    incl %esi
    movq %rsi, 0x300000
    cmpl $1000, %esi
    jb 1b
    halt
    """
    + SECOND
    + """
    xorl %esi, %esi
1:  cmpl $1, 0x300010
    je 2f
    pause
    jmp 1b
2:  movl $0x280000, %edx
    callq *%rdx                     # run through the other
    cmpl %esi, %eax
    je 3f
    incq 0x300008                   # stale
3:  incl %esi
    movl $0, 0x300010
    jmp 1b
    """
)


def test_code_that_one_writes_and_the_other_runs() -> None:
    with two_cpus(ONE_WRITES_THE_OTHER_RUNS) as machine:
        machine.run_seconds(0.1)
        assert results(machine, 2) == (ROUNDS, 0)


def test_two_runs_are_the_same() -> None:
    runs = []
    for _ in range(2):
        with two_cpus(COUNT_TOGETHER + SECOND + "    call add\n    halt\n") as machine:
            machine.run_seconds(0.001)
            runs.append(seen(machine))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("ticks", [30_000, 500_000, 1_100_000])
def test_both_go_on_after_a_snapshot(tmp_path: Path, ticks: int) -> None:
    """Before the second is started, while it starts, and in the middle."""
    with two_cpus(ONE_WRITES_THE_OTHER_RUNS) as machine:
        machine.run(machine.ticks + ticks)
        snapshot.save(machine, tmp_path / "a.snapshot")
        with snapshot.restore(tmp_path / "a.snapshot", None) as restored:
            for each in (restored, machine):
                each.run_seconds(0.1)
                assert results(each, 2) == (ROUNDS, 0)
            assert seen(restored) == seen(machine)


def test_init_stops_the_second_and_it_can_be_started_again() -> None:
    """10.4.7.3: its local APIC is as after a reset, but for the ID."""
    source = (
        """
    movl $0, 0x9000
    start_second
1:  pause
    cmpl $1, 0x9000
    jne 1b
    lapic 0x300, 0x4500         /* INIT: it stands still */
    movl 0x9004, %eax
    movl $10000, %ecx
1:  loop 1b
    subl 0x9004, %eax
    movl %eax, 0x9008
    lapic 0x300, 0x8500         /* INIT level de-assert: nothing */
    lapic 0x300, 0x4608
    lapic 0x300, 0x4608         /* it runs: nothing */
1:  pause
    cmpl $2, 0x9000
    jne 1b
    halt
    """
        + SECOND
        + """
    movl $LAPIC + 0x80, %ebx    /* task priority */
    movl (%rbx), %eax
    movl %eax, 0x900c
    lapic 0x80, 0x20
    lock incl 0x9000
1:  incl 0x9004
    jmp 1b
    """
    )
    with two_cpus(source) as machine:
        machine.memory.write(0x9000, bytes(16))
        machine.run_seconds(0.01)
        assert machine.memory.read_int(0x9000, 4) == 2
        assert machine.memory.read_int(0x9008, 4) == 0
        assert machine.memory.read_int(0x900C, 4) == 0
        assert machine.cpus[0].halted


def test_the_first_resets_itself_and_goes_on_where_it_said() -> None:
    """An INIT starts the bootstrap processor at the reset vector; the firmware reads CMOS and the BIOS data area."""
    source = """
    movl $0x1234, %esi
    movw $resumed, 0x467
    movw $0, 0x469
    movb $0x0f, %al
    outb %al, $0x70
    movb $0x0a, %al
    outb %al, $0x71
    lapic 0x310, 0
    lapic 0x300, 0x4500         /* INIT to itself */
    halt
    .code16
resumed:
    movw %si, 0x9000
    movl %cr0, %eax
    movl %eax, 0x9004
    movb $0x0f, %al
    outb %al, $0x70
    inb $0x71, %al
    movb %al, 0x9008
    halt
    """
    with two_cpus(source) as machine:
        machine.run_seconds(0.01)
        assert machine.memory.read_int(0x9000, 2) == 0
        assert machine.memory.read_int(0x9004, 4) & 0x80000001 == 0
        assert machine.memory.read_int(0x9008, 1) == 0
        assert (machine.reboots, machine.cpus[0].halted) == (0, True)


def test_a_guest_second_is_one_however_many_run() -> None:
    """Time that one executes and the other halts is idle for the other."""
    source = "start_second\n1: jmp 1b\n" + SECOND + "halt\n"
    with two_cpus(source) as machine:
        machine.run_seconds(0.1)
        counters = machine.counters()
        assert 0.98 < counters.halted_ticks / machine.ticks <= 1
