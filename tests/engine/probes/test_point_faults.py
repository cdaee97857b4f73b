# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest_DE to Guest_XF: before delivery, with the error code (Intel SDM volume 3, 6.15)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.vp.tables.probes import POINTS
from tests.engine.probes.small import RICH, STOP, covers, guest

HANDLER = f"""
    {STOP}
handler:                        /* what the CPU pushed, the error code first if there is one */
    incq 0x300000
    popq 0x300008
    popq 0x300010
    popq 0x300018
    popq 0x300020
    popq 0x300028
    {STOP}
"""


@dataclass(frozen=True)
class Case:
    """A way to an exception."""

    vector: int
    code: str
    """`fault` is where it comes from"""
    pushed: str = "fault"
    """what the CPU pushes as the place to go on"""
    at: str = "fault"
    """RIP before delivery: of a trap that an instruction asks for, that instruction (SDM volume 3, 27.3.3)"""
    error: int | None = None


TO_32 = """
    compatible narrow
    .code32
narrow:
"""
DIVIDE_BY_ZERO = """
    movq %cr0, %rax
    orq $0x20, %rax
    movq %rax, %cr0
    fninit
    fldcw word
    fldz
    fld1
    fdivp
"""
NARROW_TASK = """
    movw $43, table + TASK          /* has no room for the second stack of the interrupt stack table */
    movb $0x89, table + TASK + 5
    movl $TASK, %eax
    ltr %ax
"""
CASES = {
    "DE": Case(0, "xorl %ecx, %ecx\nfault: divl %ecx"),
    "DB": Case(1, "pushfq\n orq $0x100, (%rsp)\n popfq\nfault: nop\nafter: nop", "after", "after"),
    "BP": Case(3, "fault: int3\nafter:", "after"),
    "OF": Case(4, TO_32 + "movb $0x7f, %al\n incb %al\nfault: into\nafter:\n .code64", "after"),
    "BR": Case(5, TO_32 + "movl $5, %eax\nfault: bound %eax, bounds\nbounds: .long 0, 4\n .code64"),
    "UD": Case(6, "fault: ud2"),
    "NM": Case(7, "movq %cr0, %rax\n orq $8, %rax\n movq %rax, %cr0\nfault: fninit"),
    "TS": Case(10, NARROW_TASK + "gate 80, handler\n movb $2, 0x6504\nfault: int $80\nafter:", error=0x40),
    "NP": Case(11, "movl $ABSENT, %eax\nfault: movl %eax, %fs", error=0x38),
    "SS": Case(12, "movl $ABSENT, %eax\nfault: movl %eax, %ss", error=0x38),
    "GP": Case(13, "movl $0xf8, %eax\nfault: movl %eax, %fs", error=0xF8),
    "PF": Case(14, "fault: movb $1, 0x700123", error=2),
    "MF": Case(16, DIVIDE_BY_ZERO + "fault: fwait\nword: .word 0x0340"),
}


@pytest.mark.parametrize("name", CASES)
@covers(*(f"Guest_{name}" for name in CASES))
def test_it_fires_before_delivery(name: str) -> None:
    case = CASES[name]
    source = f"{RICH}\n    gate {case.vector}, handler\n{case.code}\n{HANDLER}"
    has_code = case.error is not None
    script = f"""
    (vprobe Guest_{name} (printf "0x%x 0x%x 0x%x 0x%x 0x%x\\n" RIP RSP RFLAGS ARG0 (getguest 0x300000)))
    (vprobe GUEST:<fault> (printf "0x%x 0x%x\\n" RIP RSP))
    """
    with guest(source, script) as watched:
        watched.run()
        before, (rip, rsp, flags, error, handled) = watched.numbers
        pushed = [watched.result(1 + n) for n in range(6)]
        saved_error = pushed.pop(0) if has_code else 0
        assert watched.result() == 1
        assert handled == 0
        assert rip == watched.places[case.at]
        assert pushed[0] == watched.places[case.pushed]
        assert (rsp, flags) == (pushed[3], pushed[2] & ~0x10000)
        assert before == (watched.places["fault"], rsp)
        assert error == saved_error == (case.error or 0)
        assert watched.machine.counters().exceptions[case.vector] == 1
        assert sum(watched.machine.counters().exceptions) == 1


def test_int1_is_a_debug_trap() -> None:
    """SDM volume 2, INT n: the opcode F1 raises #DB; DPL does not matter."""
    source = f"{RICH}\n    gate 1, handler\nfault: .byte 0xf1\nafter:\n{HANDLER}"
    with guest(source, '(vprobe Guest_DB (printf "0x%x\\n" RIP)) (vprobe Guest_UD (printf "0\\n"))') as watched:
        watched.run()
        assert watched.numbers == [(watched.places["fault"],)]
        assert watched.result(1) == watched.places["after"]


def test_software_interrupts_are_no_exceptions() -> None:
    """INT n with a vector of an exception, or of a reserved one, fires nothing."""
    vectors = [0, 6, 13, 14, 15, 20, 31]
    source = "".join(f"    gate {n}, count\n" for n in vectors) + "".join(f"    int ${n}\n" for n in vectors) + STOP
    script = "".join(
        f"(vprobe {name} (printf PROBENAME))" for name in POINTS if name[:6] == "Guest_" and name != "Guest_CR3Write"
    )
    with guest(f"{source}\ncount: incq 0x300000\n    iretq", script) as watched:
        watched.run()
        assert watched.result() == len(vectors)
        assert watched.log == ""


@covers("Guest_DF")
def test_a_double_fault_comes_after_what_led_to_it() -> None:
    source = f"    gate 8, handler\nfault: ud2\n{HANDLER}"
    names = ("UD", "GP", "DF")
    script = "".join(f'(vprobe Guest_{name} (printf "0x%x 0x%x\\n" ARG0 RIP))' for name in names)
    with guest(source, script) as watched:
        watched.run()
        fault = watched.places["fault"]
        assert watched.numbers == [(0, fault), (6 * 8 + 3, fault), (0, fault)]
        assert [watched.result(n) for n in range(3)] == [1, 0, fault]


def test_a_fault_at_the_gate_of_an_int_is_the_instruction_s() -> None:
    source = f"    gate 13, handler\nfault: int $0x21\n{HANDLER}"
    with guest(source, '(vprobe Guest_GP (printf "0x%x 0x%x\\n" ARG0 RIP))') as watched:
        watched.run()
        assert watched.numbers == [(0x21 * 8 + 2, watched.places["fault"])]
        assert (watched.result(1), watched.result(2)) == watched.numbers[0]


@covers("Guest_TripleFault")
def test_a_triple_fault_and_then_the_machine_starts_again() -> None:
    source = f"""
    incq 0x300000
    cmpq $3, 0x300000
    je end
    lidt nothing
fault: ud2
end:
    {STOP}
nothing: .word 0
    .quad 0
"""
    script = '(vprobe Guest_TripleFault (printf "0x%x %d %d\\n" RIP (getguest 0x300000) CS))'
    with guest(source, script) as watched:
        watched.run(0.1)  # a reset takes milliseconds
        fault = watched.places["fault"]
        assert watched.numbers == [(fault, 1, 8), (fault, 2, 8)]
        assert watched.machine.reboots == 2
        assert watched.result() == 3


@covers("Guest_NMI")
def test_an_nmi_fires_when_it_is_taken() -> None:
    source = f"""
    gate 2, handler
    movl $1000, %ecx
    lapic 0x310, 0
    lapic 0x300, 0x4400
    nop
1:  decl %ecx
    jnz 1b
{HANDLER}"""
    script = '(vprobe Guest_NMI (printf "0x%x 0x%x 0x%x %d\\n" RIP RSP RFLAGS (getguest 0x300000)))'
    with guest(source, script) as watched:
        watched.run()
        assert watched.numbers == [(watched.result(1), watched.result(4), watched.result(3), 0)]
        assert watched.result() == 1


OUTSIDE = {"MC": 18, "AC": 17, "XF": 19, "RESERVED_FAULT": 20}


@pytest.mark.parametrize(("name", "vector"), [*OUTSIDE.items(), *(("RESERVED_FAULT", n) for n in (9, 15, 21, 31))])
@covers(*(f"Guest_{name}" for name in OUTSIDE))
def test_what_no_instruction_here_causes_fires_when_the_board_raises_it(name: str, vector: int) -> None:
    """The CPU checks neither alignment nor SIMD exceptions, and no instruction raises a reserved vector."""
    source = f"    gate {vector}, handler\n{HANDLER.replace('cli', 'sti')}"
    script = f'(vprobe Guest_{name} (printf "0x%x 0x%x 0x%x %d\\n" RIP RSP ARG0 (getguest 0x300000)))'
    with guest(source, script) as watched:
        watched.run()
        assert watched.machine.halted(0)
        watched.machine.cpus[0].exception(vector)
        watched.run()
        pushed = [watched.result(1 + n) for n in range(6)][vector == 17 :]  # 17 has an error code
        assert watched.numbers == [(pushed[0], pushed[3], 0, 0)]
        assert watched.machine.counters().exceptions[vector] == watched.result() == 1
