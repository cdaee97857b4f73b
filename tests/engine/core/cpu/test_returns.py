# SPDX-License-Identifier: GPL-2.0-or-later
"""Jumps and returns to non-canonical addresses fault at the instruction, and IRET keeps the base of GS (Intel SDM)."""

from __future__ import annotations

import pytest

from tests.engine.probes.small import RICH, STOP, build, guest

NON_CANONICAL = 0x0000_8000_0000_0000
GS_BASE = 0x0000_1234_5678_9000
LOG = 0x300100
ATTEMPTS = {
    "ret": "pushq %rax\n{place}: ret",
    "ret_drops": "pushq %rdx\n pushq %rax\n{place}: ret $8",
    "ret_drops_much": "pushq %rdx\n pushq %rax\n{place}: ret $0xfff0",
    "jmp_register": "{place}: jmp *%rax",
    "jmp_memory": "movq %rax, 0x300000\n{place}: jmp *0x300000",
    "call_register": "{place}: call *%rax",
    "call_memory": "movq %rax, 0x300000\n{place}: call *0x300000",
    "iret": "pushq $0\n pushq $0x5f00\n pushq $2\n pushq $8\n pushq %rax\n{place}: iretq",
    "sysret": "movq %rax, %rcx\n{place}: sysretq",
    "upper": "negq %rax\n decq %rax\n{place}: jmp *%rax",
}
"""By name: code that goes to the address in RAX; `upper` to the last one below the upper half."""
PUSHED = {"ret": 8, "ret_drops": 16, "ret_drops_much": 16, "iret": 40}
"""Bytes that are on the stack before the instruction, and at its fault."""

PROLOGUE = f"""
    gate 13, protected
    jmp begin
protected:
    movq 8(%rsp), %rcx
    movq %rcx, (%r14)
    movq 32(%rsp), %rcx
    movq %rcx, 8(%r14)
    movq (%rsp), %rcx
    movq %rcx, 16(%r14)
    addq $24, %r14
    movl $0x5f00, %esp
    jmp *%r15
begin:
    movl ${LOG}, %r14d
    movl $0xc0000080, %ecx      /* SYSCALL and SYSRET exist */
    rdmsr
    orl $1, %eax
    wrmsr
"""


def attempt(name: str) -> str:
    code = ATTEMPTS[name].format(place=name)
    return f"""
    movq $after_{name}, %r15
    movabsq ${NON_CANONICAL}, %rax
    {code.replace(f" {name}:", f"{name}:")}
after_{name}:"""


def test_the_fault_of_a_non_canonical_target_is_the_instruction_s() -> None:
    """RIP is that of the instruction, and RSP as before it (SDM volume 2, CALL, JMP, RET, IRET, SYSRET)."""
    source = PROLOGUE + "".join(attempt(name) for name in ATTEMPTS) + STOP
    source = "\n".join(line.strip() if line.strip().split(":")[0] in ATTEMPTS else line for line in source.splitlines())
    with guest(source, '(vprobe Guest_GP (printf "0x%x 0x%x\\n" RIP RSP))') as watched:
        watched.run()
        _, places = build(source)
        for n, name in enumerate(ATTEMPTS):
            rip, rsp, error = (watched.machine.memory.read_int(LOG + 24 * n + 8 * k, 8) for k in range(3))
            expected = (places[name], 0x5F00 - PUSHED.get(name, 0), 0)
            assert (rip, rsp, error) == expected, name
            assert watched.numbers[n] == expected[:2], name
        assert watched.machine.counters().exceptions[13] == len(ATTEMPTS)


def test_iret_to_ring_3_keeps_the_base_of_gs_and_clears_its_selector() -> None:
    source = f"""{RICH}
    movl $0x10, %eax
    movl %eax, %gs
    movl $0xc0000101, %ecx
    movl ${GS_BASE & 0xFFFFFFFF:#x}, %eax
    movl ${GS_BASE >> 32:#x}, %edx
    wrmsr
    ring3 user
user:
    movl %gs, %eax
    movq %rax, 0x300000
here: nop
2:  jmp 2b
"""
    with guest(source, '(vprobe GUEST:<here> (printf "0x%x 0x%x\\n" GSBASE GS))') as watched:
        watched.run()
        assert watched.numbers == [(GS_BASE, 0)]
        assert watched.result() == 0


def test_an_iret_that_faults_lets_the_next_nmi_come() -> None:
    """SDM volume 3, 6.7.1."""
    nmi = "movl $0x4400, 0x300(%rbx)"
    source = f"""
    gate 2, nmi
    gate 13, protected
    jmp begin
nmi:
    incl 0x300000
    cmpl $1, 0x300000
    jne 1f
    {nmi}                       /* held until the return */
    movl 0x300000, %eax
    movl %eax, 0x300008
    movl $0x1234, 8(%rsp)       /* no code segment */
bad: iretq
1:  movq (%rsp), %rax
    movq %rax, 0x300010
    iretq
protected:
    nop
    hlt
begin:
    movl $0xfee00000, %ebx
    movl $0x1ff, 0xf0(%rbx)
    {nmi}
{STOP}"""
    with guest(source) as watched:
        watched.run()
        number, seen_before, rip = (watched.machine.memory.read_int(0x300000 + 8 * n, 8) for n in range(3))
        assert (number, seen_before) == (2, 1)
        assert rip == build(source)[1]["protected"]


def test_a_base_that_comes_with_a_segment_of_ring_3_stays_that_of_the_segment() -> None:
    source = f"{RICH}\n movl $USER_DATA, %eax\n movl %eax, %gs\n ring3 user\nuser:\nhere: nop\n2: jmp 2b\n"
    with guest(source, '(vprobe GUEST:<here> (printf "0x%x 0x%x\\n" GSBASE GS))') as watched:
        watched.run()
        assert watched.numbers == [(0, 0x23)]


@pytest.mark.parametrize("selector", [3])
@pytest.mark.parametrize("enter", ["ring3 user", "ring3_by_ret user"])
def test_null_selectors_become_0_in_an_outer_ring(enter: str, selector: int) -> None:
    """SDM volume 2, IRET and RET: of DS, ES, FS and GS."""
    loads = "".join(f"movl %eax, %{segment}\n" for segment in ("ds", "es", "fs", "gs"))
    source = f"""{RICH}
.macro ring3_by_ret label
    pushq $USER_DATA
    pushq $0x4f00
    pushq $USER_CODE
    pushq $\\label
    lretq
.endm
    movl ${selector}, %eax
    {loads}
    {enter}
user:
here: nop
2:  jmp 2b
"""
    with guest(source, '(vprobe GUEST:<here> (printf "%d %d %d %d\\n" DS ES FS GS))') as watched:
        watched.run()
        assert watched.numbers == [(0, 0, 0, 0)]


def test_null_selectors_stay_in_the_same_ring() -> None:
    source = f"{RICH}\n movl $3, %eax\n movl %eax, %gs\n pushq $8\n pushq $1f\n lretq\n1:\nhere: nop\n{STOP}"
    with guest(source, '(vprobe GUEST:<here> (printf "%d\\n" GS))') as watched:
        watched.run()
        assert watched.numbers == [(3,)]
