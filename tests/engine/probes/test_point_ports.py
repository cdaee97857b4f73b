# SPDX-License-Identifier: GPL-2.0-or-later
"""In and Out: port, operand size, REP count (manual, p. 28); once for each instruction."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.engine.probes.small import RICH, STOP, covers, guest

SHOW = """(vprobe In (printf "1 0x%x 0x%x %d %d\\n" RIP ARG0 ARG1 ARG2))
(vprobe Out (printf "0 0x%x 0x%x %d %d\\n" RIP ARG0 ARG1 ARG2))"""
STRING = "cld\n movl $0x80, %edx\n movl $0x310000, %esi\n movl %esi, %edi\n movl $7, %ecx\n"
CASES = {
    "inb $0x61, %al": (1, 0x61, 1, 1, 1),
    "inw $0x80, %ax": (1, 0x80, 2, 1, 1),
    "inl %dx, %eax": (1, 0x80, 4, 1, 1),
    "outb %al, $0x80": (0, 0x80, 1, 1, 1),
    "outw %ax, %dx": (0, 0x80, 2, 1, 1),
    "outl %eax, %dx": (0, 0x80, 4, 1, 1),
    "insb": (1, 0x80, 1, 1, 1),
    "outsl": (0, 0x80, 4, 1, 1),
    "rep insw": (1, 0x80, 2, 7, 7),
    "rep outsb": (0, 0x80, 1, 7, 7),
    "repne outsb": (0, 0x80, 1, 7, 7),
    "addr32 rep outsb": (0, 0x80, 1, 7, 7),
}


@pytest.mark.parametrize("code", CASES)
@covers("In", "Out")
def test_an_instruction_fires_once(code: str) -> None:
    inward, port, size, count, accesses = CASES[code]
    with guest(f"{STRING}\nhere: {code}\nnext: nop\n{STOP}", SHOW) as watched:
        watched.run()
        here = watched.places["here"]
        assert [line for line in watched.numbers if line[1] == here] == [(inward, here, port, size, count)]
        at_all = [line[4] for line in watched.numbers if line[0] == inward]
        done = watched.machine.counters()
        assert sum(at_all) == (done.port_reads if inward else done.port_writes)
        assert accesses == count


def test_a_count_of_nothing_fires_nothing() -> None:
    with guest(f"{STRING}\n xorl %ecx, %ecx\nhere: rep outsb\n{STOP}", SHOW) as watched:
        watched.run()
        assert watched.places["here"] not in [line[1] for line in watched.numbers]


def test_the_same_instruction_again_fires_again() -> None:
    """Twice with the same count, and one whose count is what another had left."""
    source = f"""{STRING}
    movl $3, %ebp
1:  movl $0x310000, %esi
    movl $2, %ecx
here: rep outsb
    decl %ebp
    jnz 1b
    movl $1, %ecx
    jmp 2f
2:
last: rep outsb
{STOP}"""
    with guest(source, SHOW) as watched:
        watched.run()
        here, last = watched.places["here"], watched.places["last"]
        counts = [(line[1], line[4]) for line in watched.numbers if line[1] in (here, last)]
        assert counts == [(here, 2)] * 3 + [(last, 1)]


def test_a_page_fault_on_the_way_goes_on_with_the_same_instruction() -> None:
    """It is told once, with all its elements, though a handler ran in between (SDM volume 2, REP)."""
    source = f"""{RICH}
    gate 14, handler
    movl $0x80, %edx
    movl $0x3ffffc, %esi
    movl $8, %ecx
here: rep outsb
{STOP}
handler:
    movq $0x400083, 0x3010
    addq $8, %rsp
    iretq
"""
    with guest(source, SHOW) as watched:
        watched.run()
        here = watched.places["here"]
        assert [line[4] for line in watched.numbers if line[1] == here] == [8]
        assert watched.machine.counters().exceptions[14] == 1


def test_it_fires_before_the_access() -> None:
    """The 8259's mask as it was before the write; RAX as it was before the read."""
    source = f"movb $0x5a, %al\nfirst: outb %al, $0x21\n movb $0x77, %al\nsecond: inb $0x21, %al\n{STOP}"
    script = '(vprobe In (printf "0x%x %d\\n" RIP (& RAX 0xff)))'
    with guest(source, script) as watched:
        watched.run()
        assert watched.numbers[-1] == (watched.places["second"], 0x77)


@covers("In")
def test_an_interrupt_whose_handler_does_port_access_does_not_make_two_of_one() -> None:
    source = f"""
    gate 0x40, handler
    lapic 0xf0, 0x1ff
    lapic 0x3e0, 0x0b
    lapic 0x320, 0x20040
    lapic 0x380, 5000
    sti
again:
    movl $0x320000, %edi
    movl $0x61, %edx
    movl $500, %ecx
    rep insb
    incq 0x300008
    cmpq $20, 0x300008
    jne again
    {STOP}
handler:
    pushq %rax
    inb $0x80, %al
    incq 0x300000
    eoi
    popq %rax
    iretq
"""
    with guest(source, '(vprobe In (cond ((== ARG0 0x61) (printf "%d\\n" ARG2))))') as watched:
        watched.run(0.05)
        assert watched.result(0) > 100
        assert watched.result(1) == 20
        assert watched.numbers == [(500,)] * 20


PM_TIMER = f"""
    movw $0x608, %dx
    movl $0x310000, %edi
    movl $50, %ecx
1:
here: inl %dx, %eax
    stosl
    decl %ecx
    jnz 1b
{STOP}"""


def test_reads_of_the_timer_that_the_core_answers_are_seen_and_take_a_bus_cycle() -> None:
    seen = []
    for script in ("", '(vprobe In (printf "%d 0x%x %d\\n" (- TSC 0) RIP ARG0))'):
        with guest(PM_TIMER, script) as watched:
            watched.run()
            values = [watched.machine.memory.read_int(0x310000 + 4 * n, 4) for n in range(50)]
            assert {later - sooner for sooner, later in pairwise(values)} <= {3, 4}
            assert watched.machine.counters().port_reads == 50
            if script:
                assert [line[1:] for line in watched.numbers] == [(watched.places["here"], 0x608)] * 50
                assert values[0] == (watched.numbers[0][0] + 1000) * 3_579_545 // 1_000_000_000
            seen.append(values)
    assert seen[0] == seen[1]
