# SPDX-License-Identifier: GPL-2.0-or-later
"""Debug registers: breakpoints on instructions, data and ports, DR6, RF, MOV SS, DR7.GD (Intel SDM volume 3, 18)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from engine.machine import snapshot
from engine.machine.machine import Machine
from tests.engine.probes.small import STOP, build, guest

ONES, BD, BS = 0xFFFF0FF0, 1 << 13, 1 << 14
RF = 1 << 16
GD = 1 << 13
EXECUTION, STORES, PORTS, DATA = range(4)
WORD, DOUBLE_WORD, QUAD_WORD = 1, 3, 2
SPOT = 0x311008
LOG = 0x300100


def enabled(number: int, kind: int, length: int = 0) -> int:
    """What DR7 holds for a breakpoint."""
    return 2 << 2 * number | kind << 16 + 4 * number | length << 18 + 4 * number


def program(code: str, dr7: int, **registers: int | str) -> str:
    """A guest with some debug registers set; its handler notes RIP, DR6, RFLAGS and DR7, and resumes with RF."""
    moves = "".join(f"movq ${value}, %rax\n movq %rax, %{name}\n" for name, value in registers.items())
    return f"""
    gate 1, debug
    gate 3, breakpoint
    gate 13, protected
    jmp begin
debug:
    pushq %rax
    movq 8(%rsp), %rax
    movq %rax, (%r14)
    movq %dr6, %rax
    movq %rax, 8(%r14)
    movq 24(%rsp), %rax
    movq %rax, 16(%r14)
    movq %dr7, %rax
    movq %rax, 24(%r14)
    addq $32, %r14
    orl $0x10000, 24(%rsp)
    movl $0, %eax
    movq %rax, %dr6
    popq %rax
    iretq
breakpoint:
    iretq
protected:
    movq $13, (%r14)
    addq $32, %r14
    movq %r15, 8(%rsp)
    addq $8, %rsp
    iretq
begin:
    movl ${LOG}, %r14d
    movl ${SPOT}, %ebx
    movl $0, %eax
    movq %rax, %dr6
    {moves}
    movl ${dr7}, %eax
    movq %rax, %dr7
    movl $0, %eax
{code}
{STOP}"""


class Seen(NamedTuple):
    """What the handler of #DB noted."""

    place: str
    status: int
    rflags: int
    dr7: int


def traps(machine: Machine, places: dict[str, int]) -> list[Seen]:
    """The noted exceptions."""
    names = {address: name for name, address in places.items()}
    found = []
    for at in range(LOG, LOG + 32 * 16, 32):
        rip, dr6, rflags, dr7 = (machine.memory.read_int(at + 8 * n, 8) for n in range(4))
        if rip:
            found.append(Seen(names.get(rip, hex(rip)), dr6, rflags, dr7))
    return found


def run(code: str, dr7: int, script: str = "", **registers: int | str) -> list[Seen]:
    """The exceptions of a guest."""
    source = program(code, dr7, **registers)
    with guest(source, script) as watched:
        watched.run()
        assert not watched.errors()
        return traps(watched.machine, dict(build(source)[1]))


def where(seen: list[Seen]) -> list[tuple[str, int]]:
    """Places, and what DR6 has beside its fixed bits."""
    return [(each.place, each.status & ~ONES) for each in seen]


def test_an_instruction_breakpoint_is_a_fault_and_rf_passes_over_it_once() -> None:
    code = "movl $3, %ecx\n1:\nhere: nop\n decl %ecx\n jnz 1b"
    seen = run(code, enabled(0, EXECUTION), dr0="here")
    assert where(seen) == [("here", 1)] * 3
    assert not any(each.rflags & RF for each in seen)  # of the fault itself; the handler sets it


def test_rf_ends_with_the_instruction_behind_iret() -> None:
    """Also when that is a jump, and when a breakpoint stands on what follows."""
    code = "first: jmp second\n nop\nsecond: jmp third\nthird: nop"
    dr7 = enabled(0, EXECUTION) | enabled(1, EXECUTION) | enabled(2, EXECUTION)
    assert where(run(code, dr7, dr0="first", dr1="second", dr2="third")) == [("first", 1), ("second", 2), ("third", 4)]


def test_a_repeated_instruction_breaks_once() -> None:
    code = f"movl $5, %ecx\n movl ${SPOT}, %edi\nhere: rep stosb\nnext: nop"
    dr7 = enabled(0, EXECUTION) | enabled(3, EXECUTION)
    assert where(run(code, dr7, dr0="here", dr3="next")) == [("here", 1), ("next", 8)]


DATA_CASES = {
    "a store of each size": (("movb %al, (%rbx)\na: movw %ax, (%rbx)\nb: movl %eax, (%rbx)\nc: movq %rax, (%rbx)\n"
                              "d: nop"), STORES, 0, "a b c d"),
    "loads are none for a breakpoint on stores": ("movl (%rbx), %eax\na: nop", STORES, DOUBLE_WORD, ""),
    "a load": ("movl (%rbx), %eax\na: nop", DATA, DOUBLE_WORD, "a"),
    "a load and a store are one trap": ("lock incl (%rbx)\na: nop", DATA, DOUBLE_WORD, "a"),
    "bytes beside it": ("movb %al, -1(%rbx)\n movb %al, 4(%rbx)\n movl %eax, -4(%rbx)", STORES, DOUBLE_WORD, ""),
    "any byte of it": ("movb %al, 3(%rbx)\na: movw %ax, -1(%rbx)\nb: movq %rax, 7(%rbx)\nc: nop",
                       DATA, QUAD_WORD, "a b c"),
    "the stack": ("leaq 8(%rbx), %rsp\n push %rax\na: movl $0x5f00, %esp", DATA, QUAD_WORD, "a"),
    "each element of a string": ("movl $3, %ecx\n movl %ebx, %edi\na: rep stosb\nb: nop", STORES, DOUBLE_WORD, "a a b"),
    "a string from and to memory": ("movl %ebx, %esi\n movl %ebx, %edi\n movsb\na: nop", DATA, 0, "a"),
    "a port into memory": ("movl $0x61, %edx\n movl %ebx, %edi\n insb\na: nop", STORES, 0, "a"),
    "the last instruction of a block": ("movb %al, (%rbx)\n jmp a\n nop\na: nop", STORES, 0, "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", DATA_CASES)
def test_a_data_breakpoint_is_a_trap_after_the_instruction(name: str) -> None:
    code, kind, length, expected = DATA_CASES[name]
    code = code.replace(" jmp a", "x: jmp a")
    seen = run(code, enabled(1, kind, length), dr1=SPOT)
    assert where(seen) == [(place, 2) for place in expected.split()]


def test_probes_fire_once_for_an_instruction_that_begins_again() -> None:
    """And the guest runs the same with and without them."""
    code = "movl $100, %ecx\n1:\nhere: incl (%rbx)\n decl %ecx\n jnz 1b"
    source = program(code, enabled(0, DATA, DOUBLE_WORD), dr0=SPOT)
    script = f"""(vprobe GUEST:<here> 0) (vprobe GUEST_READ:{SPOT:#x} 0) (vprobe GUEST_WRITE:{SPOT:#x} 0)
    (vprobe Guest_DB 0)"""
    ends = []
    for text in ("", script):
        with guest(source, text) as watched:
            watched.run()
            counters = watched.machine.counters()
            ends.append((counters.ticks, counters.blocks, watched.machine.memory.read(SPOT, 8)))
            assert counters.exceptions[1] == 100
            assert watched.machine.memory.read_int(SPOT, 4) == 100
            if text:
                assert [watched.hits(probe=n) for n in range(4)] == [100] * 4
    assert ends[0] == ends[1]


def test_a_disabled_breakpoint_is_none() -> None:
    assert run("here: movb %al, (%rbx)", 0, dr0="here", dr1=SPOT) == []
    code = f"movl $0x400, %ecx\n movq %rcx, %dr7\nhere: movb %al, {SPOT}"
    assert run(code, enabled(0, EXECUTION) | enabled(1, DATA), dr0="here", dr1=SPOT) == []


def test_a_single_step_and_a_data_breakpoint_are_one_exception() -> None:
    code = (
        "pushfq\n orl $0x100, (%rsp)\n popfq\n movb %al, (%rbx)\na: pushfq\nb: andl $~0x100, (%rsp)\nc: popfq\nd: nop"
    )
    assert where(run(code, enabled(0, STORES), dr0=SPOT)) == [("a", BS | 1), ("b", BS), ("c", BS), ("d", BS)]


@pytest.mark.parametrize("load", ["movl %eax, %ss", "pushq $0x10\n popq %rcx\n movl %ecx, %ss"])
def test_mov_ss_holds_debug_exceptions_until_the_next_instruction_is_done(load: str) -> None:
    code = f"movl $0x10, %eax\n {load}\nhere: nop\nnext: nop"
    assert where(run(code, enabled(0, EXECUTION), dr0="here")) == []
    code = "movl $0x10, (%rbx)\na: movw (%rbx), %ss\n nop\nb: nop"
    assert where(run(code, enabled(0, DATA), dr0=SPOT)) == [("a", 1), ("b", 1)]


def test_sti_holds_no_debug_exception() -> None:
    assert where(run("sti\nhere: cli", enabled(0, EXECUTION), dr0="here")) == [("here", 1)]


def test_a_single_step_ends_a_halt() -> None:
    """SDM volume 2, HLT. The interrupt of the timer comes later, and its handler is not stepped."""
    code = """
    gate 64, tick
    lapic 0xf0, 0x1ff
    lapic 0x320, 64
    lapic 0x3e0, 0xb
    lapic 0x380, 1000           /* 10 us */
    sti
    pushfq
    orl $0x100, (%rsp)
    popfq
here: hlt
next: andl $0, 0x300000
stop: pushfq
more: andl $~0x100, (%rsp)
last: popfq
end: hlt
    jmp end
tick: incl 0x300000
    eoi
    iretq"""
    with guest(program(code, 0)) as watched:
        watched.run()
        places = dict(build(program(code, 0))[1])
        assert where(traps(watched.machine, places)) == [(name, BS) for name in ("next", "stop", "more", "last", "end")]
        assert watched.result() == 1


@pytest.mark.parametrize("prefixes", ["", "0x2e,0x2e,", "0x48,"])
def test_int1_is_a_trap(prefixes: str) -> None:
    code = f".byte {prefixes}0xf1\nnext: nop"
    assert where(run(code, 0)) == [("next", 0)]
    held = f"movl $0x10, (%rbx)\na: movw (%rbx), %ss\n {code}"
    assert where(run(held, enabled(0, DATA), dr0=SPOT)) == [("a", 1), ("next", 1)]


def test_the_exception_held_by_mov_ss_comes_at_the_handler_of_int3() -> None:
    seen = run("movl $0x10, (%rbx)\na: movw (%rbx), %ss\n int3\nb: nop", enabled(0, DATA), dr0=SPOT)
    assert where(seen) == [("a", 1), ("breakpoint", 1)]


def test_a_port_breakpoint_needs_cr4_de() -> None:
    code = "movq %cr4, %rcx\n orl $8, %ecx\n movq %rcx, %cr4\n inb $0x61, %al\na: outb %al, $0x80\nb: inb $0x60, %al"
    assert where(run(code, enabled(0, PORTS), dr0=0x61)) == [("a", 1)]


def test_general_detect_faults_and_is_cleared() -> None:
    """The handler uses debug registers freely: GD is clear there."""
    seen = run("here: movq %dr0, %rcx", GD)
    assert where(seen) == [("here", BD)]
    assert not seen[0].dr7 & GD
    assert seen[0].rflags & RF  # as of any fault but that of an instruction breakpoint


def test_reserved_bits() -> None:
    """The upper halves fault; others read as they must (SDM volume 3, figure 18-1)."""
    code = """
    movq $first, %r15
    movabsq $0x100000000, %rcx
    movq %rcx, %dr6
first:
    movq $second, %r15
    movq %rcx, %dr7
second:
    movl $0xffffffff, %ecx
    movq %rcx, %dr6
    movq %dr6, %rdx
    movq %rdx, 0x300000
    movl $0xff00, %ecx
    movq %rcx, %dr7             /* with GD: the last use of a debug register but one */
    movq %dr7, %rcx"""
    with guest(program(code, 0)) as watched:
        watched.run()
        found = traps(watched.machine, {})
        assert [seen.place for seen in found[:2]] == [hex(13)] * 2
        assert found[2].status == ONES | BD | 0xE00F
        assert found[2].dr7 == 0x700  # LE and GE do nothing, and are kept
        assert watched.result() == ONES | 0xE00F


def test_names_4_and_5_are_those_of_6_and_7() -> None:
    code = "movl $0x400, %ecx\n movq %rcx, %db5\n movq %db4, %rdx\n movq %rdx, 0x300000"
    with guest(program(code, 0)) as watched:
        watched.run()
        assert watched.result() == ONES


def test_breakpoints_are_of_a_snapshot(tmp_path: Path) -> None:
    code = "1: incl (%rbx)\n cmpl $1000, (%rbx)\n jne 1b"
    source = program(code, enabled(0, STORES), dr0=SPOT)
    with guest(source) as watched:
        watched.run(0.00005)
        snapshot.save(watched.machine, tmp_path / "a.snapshot")
        before = watched.machine.counters().exceptions[1]
        watched.run(0.01)
        assert 0 < before < watched.machine.counters().exceptions[1] == 1000
    with snapshot.restore(tmp_path / "a.snapshot", None) as restored:
        restored.run_seconds(0.01)
        assert restored.counters().exceptions[1] == 1000
