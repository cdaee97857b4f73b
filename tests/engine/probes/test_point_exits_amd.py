# SPDX-License-Identifier: GPL-2.0-or-later
"""VMCB_*, against the AMD64 manual, volume 2, chapter 15 and appendix C."""

from __future__ import annotations

import pytest

from engine.vp import Limits, compile_script
from tests.engine.probes.small import RICH, STOP, covers, guest, observe

VALID = 1 << 31
MOV = 1 << 63
EXITS = '(vprobe HV_Exit (printf "0x%x 0x%x 0x%x 0x%x\\n" RIP VMCB_EXITCODE VMCB_EXITINFO1 VMCB_EXITINFO2))'
PORT = "movl $0x80, %edx\n movl $1, %ecx\n movl $0x310000, %esi\n movl %esi, %edi"
NEXT = -1
CASES = {
    "cpuid": (0x72, 0, 0, ""),
    "rdtsc": (0x6E, 0, 0, ""),
    "rdtscp": (0x87, 0, 0, ""),
    "pause": (0x77, 0, 0, ""),
    "invlpg 0x10(%rbx)": (0x79, 0x310010, 0, ""),
    "rdmsr": (0x7C, 0, 0, "movl $0xc0000080, %ecx"),
    "wrmsr": (0x7C, 1, 0, "movl $0xc0000102, %ecx"),
    "movq %cr8, %rdx": (0x08, MOV | 2, 0, ""),
    "movq %cr3, %r14": (0x03, MOV | 14, 0, ""),
    "movq %r14, %cr3": (0x13, MOV | 14, 0, "movq %cr3, %r14"),
    "movq %rcx, %cr4": (0x14, MOV | 1, 0, "movq %cr4, %rcx"),
    "movq %rdi, %cr8": (0x18, MOV | 7, 0, "xorl %edi, %edi"),
    "lmsw %cx": (0x10, 0, 0, "movl $0x31, %ecx"),
    "inb $0x61, %al": (0x7B, 1 | 1 << 4 | 0x61 << 16, NEXT, ""),
    "outl %eax, %dx": (0x7B, 4 << 4 | 0x80 << 16, NEXT, PORT),
    "rep outsb": (0x7B, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 9 | 3 << 10 | 0x80 << 16, NEXT, PORT),
    "fs outsw": (0x7B, 1 << 2 | 2 << 4 | 1 << 9 | 4 << 10 | 0x80 << 16, NEXT, PORT),
    "rep insb": (0x7B, 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 9 | 0x80 << 16, NEXT, PORT),
}


@pytest.mark.parametrize("code", CASES)
@covers("VMCB_EXITCODE", "VMCB_EXITINFO1", "VMCB_EXITINFO2")
def test_the_exit_of_an_instruction(code: str) -> None:
    number, info1, info2, before = CASES[code]
    source = f"{RICH}\n movl $0x310000, %ebx\n{before}\nhere: {code}\nnext: nop\n{STOP}"
    with guest(source, EXITS, "amd") as watched:
        watched.run()
        here, after = watched.places["here"], watched.places["next"]
        seen = [line for line in watched.numbers if line[0] == here]
        assert seen == [(here, number, info1, after if info2 == NEXT else info2)]


@covers("VMCB_EXITCODE", "VMCB_EXITINFO1", "VMCB_EXITINFO2", "VMCB_EVENTINJ", "VMCB_EXITINTINFO")
def test_a_page_fault_while_a_fault_is_delivered() -> None:
    source = f"""{RICH}
    gate 14, handler
    gate 13, handler
    movb $1, 0x60e4
    movq $0x5800, 0x7024
    movq $0x800000, %rsp
    movl $0xf0, %ecx
fault: movl %ecx, %fs
handler:
{STOP}
"""
    script = """
    (vprobe HV_Exit (cond ((< (- VMCB_EXITCODE 0x40) 32)
        (printf "0x%x 0x%x 0x%x 0x%x\\n" VMCB_EXITCODE VMCB_EXITINFO1 VMCB_EXITINFO2 VMCB_EXITINTINFO))))
    (vprobe HV_Resume (cond ((!= VMCB_EVENTINJ 0) (printf "0x%x\\n" VMCB_EVENTINJ))))
    """
    protection, page = 0xF0 << 32 | VALID | 0xB0D, 2 << 32 | VALID | 0xB0E
    assert observe(source, script, vendor="amd") == [
        (0x4D, 0xF0, 0, 0), (protection,), (0x4E, 2, 0x7FFFF8, protection), (page,),
    ]  # fmt: skip


def test_what_comes_from_outside() -> None:
    source = f"""
    gate 0x40, back
    gate 2, back
    lapic 0x310, 0
    sti
    lapic 0x300, 0x40040
    jmp 1f
1:
    lapic 0x300, 0x4400
    nop
{STOP}
back: iretq
"""
    script = """
    (vprobe HV_Exit (cond ((&& (== CS 8) (== (& VMCB_EXITCODE 0xfffe) 0x60)) (printf "0x%x\\n" VMCB_EXITCODE))))
    (vprobe HV_Resume (cond ((&& (== CS 8) (!= VMCB_EVENTINJ 0)) (printf "0x%x\\n" VMCB_EVENTINJ))))
    """
    assert observe(source, script, vendor="amd") == [(0x60,), (VALID | 0x40,), (0x61,), (VALID | 0x202,)]


@covers("VMCB_VAPIC", "VMCB_TLBCTL")
def test_the_virtual_interrupt_control_holds_the_task_priority() -> None:
    """V_TPR is bits 0 to 7 of the word at offset 60h; no resume flushes a TLB."""
    source = f"movl $5, %eax\n movq %rax, %cr8\n cpuid\n{STOP}"
    script = '(vprobe HV_Exit (cond ((== VMCB_EXITCODE 0x72) (printf "%d %d %d\\n" VMCB_VAPIC CR8 VMCB_TLBCTL))))'
    assert observe(source, script, vendor="amd") == [(5, 5, 0)]


def test_nested_page_faults_name_the_physical_address() -> None:
    """15.25.6: write, user, and final translation."""
    source = f"movl $LAPIC, %ebx\n movl 0x80(%rbx), %eax\n movl %eax, 0x80(%rbx)\n{STOP}"
    script = '(vprobe HV_NPF (printf "0x%x 0x%x 0x%x\\n" VMCB_EXITCODE VMCB_EXITINFO1 VMCB_EXITINFO2))'
    assert observe(source, script, vendor="amd") == [
        (0x400, 1 << 32 | 4, 0xFEE00080), (0x400, 1 << 32 | 6, 0xFEE00080),
    ]  # fmt: skip


@pytest.mark.parametrize(("vendor", "name"), [("intel", "VMCB_EXITCODE"), ("amd", "VMCS_EXIT_REASON")])
def test_the_other_vendor_s_variables_are_refused_where_they_stand(vendor: str, name: str) -> None:
    compiled = compile_script(f"(vprobe HV_Exit\n  (printf {name}))", "wrong.vp", limits=Limits(hv_vendor=vendor))
    assert compiled.program is None
    assert any(diagnostic.span.line == 2 for diagnostic in compiled.diagnostics)
