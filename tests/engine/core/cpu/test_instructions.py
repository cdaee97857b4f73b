# SPDX-License-Identifier: GPL-2.0-or-later
"""SYSENTER and SYSCALL from code with TF and IOPL, which they leave or clear (Intel SDM volume 2)."""

from __future__ import annotations

from typing import get_args

import pytest

from engine.machine.choices import Vendor
from tests.engine.probes.small import RICH, STOP, build, guest

TF = 0x100


def set_msr(number: int, low: str, high: int = 0) -> str:
    return f"movl ${number:#x}, %ecx\n movl ${low}, %eax\n movl ${high:#x}, %edx\n wrmsr\n"


UD = 6


def test_a_step_into_sysenter_traps_once_in_the_kernel() -> None:
    """SYSENTER leaves TF as it is; the delivery of #DB clears it, also for the translated code."""
    source = f"""{RICH}
    gate 1, debug
    {set_msr(0x174, "8")} {set_msr(0x175, "0x5800")} {set_msr(0x176, "target")}
    movl $0x300000, %r14d
    ring3 user, {TF | 2}
user:
    nop
    sysenter
debug:
    movq (%rsp), %rax
    movq %rax, (%r14)
    addq $8, %r14
    cmpl $8, 8(%rsp)
    jne 1f
    andl $~{TF}, 16(%rsp)
1:  iretq
target:
    nop
    nop
{STOP}"""
    with guest(source) as watched:
        watched.run()
        places = build(source)[1]
        found = [watched.machine.memory.read_int(0x300000 + 8 * n, 8) for n in range(4)]
        assert found == [places["user"] + 1, places["target"], 0, 0]
        assert watched.machine.counters().exceptions[1] == 2


def test_the_privilege_level_of_ports_and_cli_is_that_of_rflags_after_syscall() -> None:
    """SYSCALL with IOPL 3, then code in ring 3 with IOPL 0: CLI faults there."""
    source = f"""{RICH}
    gate 13, protected
    movl $0xc0000080, %ecx
    rdmsr
    orl $1, %eax
    wrmsr
    {set_msr(0xC0000081, "0", 0x00180008)} {set_msr(0xC0000082, "target")} {set_msr(0xC0000084, "0")}
    ring3 user, 0x3002
user:
    cli
    syscall
target:
    movl $0x5800, %esp
    ring3 again, 2
again:
here: cli
    incl 0x300008
1:  jmp 1b
protected:
    movq 8(%rsp), %rax
    movq %rax, 0x300000
{STOP}"""
    with guest(source) as watched:
        watched.run()
        assert watched.result() == build(source)[1]["here"]
        assert watched.machine.memory.read_int(0x300008, 4) == 0


@pytest.mark.parametrize("vendor", get_args(Vendor))
@pytest.mark.parametrize("instruction", ["syscall", "sysenter"])
def test_each_vendor_has_one_of_them_in_32_bit_code_of_long_mode(instruction: str, vendor: Vendor) -> None:
    """Intel SDM volume 2, SYSCALL; AMD64 manual volume 3, SYSENTER."""
    source = f"""{RICH}
    gate 6, undefined
    movl $0xc0000080, %ecx
    rdmsr
    orl $1, %eax
    wrmsr
    {set_msr(0x174, "8")} {set_msr(0x175, "0x5800")} {set_msr(0x176, "target")}
    {set_msr(0xC0000081, "0", 0x00180008)} {set_msr(0xC0000083, "target")}
    compatible code
    .code32
code:
    {instruction}
    .code64
target:
    movl $1, 0x300000
{STOP}
undefined:
    movq (%rsp), %rax
    movq %rax, 0x300000
    movl $6, 0x300008
{STOP}"""
    with guest(source, vendor=vendor) as watched:
        watched.run()
        refused = (instruction == "syscall") == (vendor == "intel")
        found = watched.result(), watched.result(1)
        assert found == ((build(source)[1]["code"], UD) if refused else (1, 0))
