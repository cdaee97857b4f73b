# SPDX-License-Identifier: GPL-2.0-or-later
"""HV_Exit, HV_Resume, HV_NPF and VMCS_*, against Intel SDM volume 3, chapter 27 and appendix C."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.engine.probes.small import RICH, STOP, Watched, covers, guest

VALID = 1 << 31
SHOW = '(printf "%d 0x%x 0x%x 0x%x 0x%x\\n" VMCS_EXIT_REASON RIP VMCS_INSTRLEN VMCS_EXIT_QUAL VMCS_INTR_INFO)'
EXITS = f"(vprobe HV_Exit {SHOW})"


@dataclass(frozen=True)
class Case:
    """An instruction that exits, from `here` to `next`."""

    code: str
    reason: int
    qualification: int = 0
    before: str = ""


GS_AT_5000 = "movl $0xc0000101, %ecx\n movl $0x5000, %eax\n xorl %edx, %edx\n wrmsr\n movl $16, %ecx"
CASES = {
    "CPUID": Case("cpuid", 10),
    "CPUID with a prefix": Case(".byte 0x40\n cpuid", 10),
    "INVLPG": Case("invlpg 0x12345(%rbx,%rcx,4)", 14, 0x12345 + 0x310000 + 4 * 16),
    "INVLPG by RIP": Case("invlpg place(%rip)\nplace:", 14, -1),
    "INVLPG by 32 bits": Case("invlpg (%ebx)", 14, 0x310000, "movabsq $0x500310000, %rbx"),
    "INVLPG by GS": Case("invlpg %gs:0x10(%rbx)", 14, 0x310000 + 0x5010, GS_AT_5000),
    "INVLPG by R13": Case("invlpg -8(%r13,%r9,2)", 14, 0x7FF8 + 0x200, "movl $0x8000, %r13d\n movl $0x100, %r9d"),
    "RDTSC": Case("rdtsc", 16),
    "RDTSCP": Case("rdtscp", 51),
    "RDMSR": Case("rdmsr", 31, before="movl $0xc0000080, %ecx"),
    "RDMSR of the APIC": Case("rdmsr", 31, before="movl $0x1b, %ecx"),
    "WRMSR": Case("wrmsr", 32, before="movl $0xc0000102, %ecx"),
    "PAUSE": Case("pause", 40),
    "MOV to CR0": Case("movq %rax, %cr0", 28, 0, "movq %cr0, %rax"),
    "MOV to CR3": Case("movq %r9, %cr3", 28, 3 | 9 << 8, "movq %cr3, %r9"),
    "MOV to CR4": Case("movq %r12, %cr4", 28, 4 | 12 << 8, "movq %cr4, %r12"),
    "MOV to CR8": Case("movq %rdi, %cr8", 28, 8 | 7 << 8, "xorl %edi, %edi"),
    "MOV from CR3": Case("movq %cr3, %rsi", 28, 3 | 1 << 4 | 6 << 8),
    "MOV from CR8": Case("movq %cr8, %r15", 28, 8 | 1 << 4 | 15 << 8),
    "LMSW": Case("lmsw %cx", 28, 3 << 4 | 0x0031 << 16, "movl $0x31, %ecx"),
    "LMSW from memory": Case("lmsw (%rbx)", 28, 3 << 4 | 1 << 6 | 0x0011 << 16, "movw $0x11, (%rbx)"),
    "IN, immediate": Case("inb $0x61, %al", 30, 1 << 3 | 1 << 6 | 0x61 << 16),
    "IN, 4 bytes": Case("inl %dx, %eax", 30, 3 | 1 << 3 | 0xCF8 << 16, "movl $0xcf8, %edx"),
    "OUT, 2 bytes": Case("outw %ax, %dx", 30, 1 | 0x80 << 16, "movl $0x80, %edx"),
    "OUT, immediate": Case("outb %al, $0x80", 30, 1 << 6 | 0x80 << 16),
    "INS": Case("insb", 30, 1 << 3 | 1 << 4 | 0x61 << 16, "movl $0x61, %edx\n movl %ebx, %edi"),
    "OUTS": Case("outsw", 30, 1 | 1 << 4 | 0x80 << 16, "movl $0x80, %edx\n movl %ebx, %esi"),
    "REP OUTS": Case("rep outsb", 30, 1 << 4 | 1 << 5 | 0x80 << 16, "movl $0x80, %edx\n movl %ebx,%esi\n movl $1,%ecx"),
}  # fmt: skip


def lines_at(watched: Watched, place: str) -> list[tuple[int, ...]]:
    """What was printed with RIP at a place."""
    return [line for line in watched.numbers if line[1] == watched.places[place]]


@pytest.mark.parametrize("name", CASES)
@covers("HV_Exit", "VMCS_EXIT_REASON", "VMCS_INSTRLEN", "VMCS_EXIT_QUAL")
def test_the_exit_of_an_instruction(name: str) -> None:
    case = CASES[name]
    source = f"movl $0x310000, %ebx\n movl $16, %ecx\n{case.before}\nhere: {case.code}\nnext: nop\n{STOP}"
    with guest(source, EXITS) as watched:
        watched.run()
        here, after = watched.places["here"], watched.places["next"]
        expected = after if case.qualification < 0 else case.qualification
        assert lines_at(watched, "here") == [(case.reason, here, after - here, expected, 0)]
        exits = watched.machine.counters().exits
        printed = [line[0] for line in watched.numbers]
        assert {reason: count for reason, count in enumerate(exits) if count} == {
            reason: printed.count(reason) for reason in printed
        }


@pytest.mark.parametrize(
    "code", ["movq %cr0, %rax", "movq %cr2, %rax", "movq %rax, %cr2", "movq %cr4, %rax"], ids=lambda code: code
)
def test_what_no_monitor_can_intercept_is_no_exit(code: str) -> None:
    """SDM 25.1.3: CR2 is the guest's own, and CR0 and CR4 are read from a mask and a shadow."""
    with guest(f"here: {code}\nnext: nop\n{STOP}", EXITS) as watched:
        watched.run()
        assert lines_at(watched, "here") == []
        assert watched.machine.counters().exits[28] == sum(line[0] == 28 for line in watched.numbers)


EXCEPTIONS = {
    "ud2": (6, 3, 0, None, 0),
    "int3": (3, 6, 1, None, 0),
    ".byte 0xf1": (1, 5, 1, None, 0),
    "movl %ecx, %fs": (13, 3, 0, 0xF0, 0),
    "movb %al, 0x7654321": (14, 3, 0, 2, 0x7654321),
}


@pytest.mark.parametrize("code", EXCEPTIONS)
@covers("HV_Exit", "HV_Resume", "VMCS_INTR_INFO", "VMCS_EXIT_INTR_INFO", "VMCS_INTR_ERR", "VMCS_EXIT_INTR_ERR")
@covers("VMCS_VMENTRY_INTR_INFO", "VMCS_VMENTRYXCP_ERR", "VMCS_VMENTRY_XCP_ERR")
def test_an_exception_exits_and_the_resume_injects_it(code: str) -> None:
    """SDM tables 24-15 and 24-16: vector, type, bit 11 for an error code, bit 31."""
    vector, kind, length, error, qualification = EXCEPTIONS[code]
    source = f"gate {vector}, handler\n movl $0xf0, %ecx\nfault: {code}\n{STOP}\nhandler:\n{STOP}"
    script = """
    (vprobe HV_Exit (printf "0 0x%x %d 0x%x 0x%x 0x%x 0x%x\\n" RIP VMCS_EXIT_REASON VMCS_EXIT_INTR_INFO
      VMCS_EXIT_INTR_ERR VMCS_INSTRLEN VMCS_EXIT_QUAL))
    (vprobe HV_Exit (printf "1 0x%x %d 0x%x 0x%x 0x%x 0x%x\\n" RIP VMCS_EXIT_REASON VMCS_INTR_INFO VMCS_INTR_ERR
      VMCS_VMENTRY_INTR_INFO VMCS_VMENTRY_XCP_ERR))
    (vprobe HV_Resume (printf "2 0x%x 0x%x 0x%x 0x%x\\n" RIP VMCS_VMENTRY_INTR_INFO VMCS_VMENTRYXCP_ERR
      VMCS_VMENTRY_XCP_ERR))
    """
    info = VALID | kind << 8 | vector | (0x800 if error is not None else 0)
    with guest(source, script) as watched:
        watched.run()
        fault = watched.places["fault"]
        assert lines_at(watched, "fault") == [
            (0, fault, 0, info, error or 0, length, qualification),
            (1, fault, 0, info, error or 0, 0, 0),
            (2, fault, info, error or 0, error or 0),
        ]


@covers("HV_Exit", "VMCS_IDTVEC_INFO", "VMCS_IDTVEC_ERR")
def test_a_fault_while_an_event_is_delivered_names_the_event() -> None:
    """SDM 27.2.4. A page fault comes while a general protection fault is pushed: no stack is there."""
    source = f"""{RICH}
    gate 14, handler
    gate 13, never
    movb $1, 0x60e4                 /* the page fault has a stack of its own, IST 1 */
    movq $0x5800, 0x7024
    movq $0x800000, %rsp
    movl $0xf0, %ecx
fault: movl %ecx, %fs
never:
handler:
{STOP}
"""
    script = """
    (vprobe HV_Exit (printf "%d 0x%x 0x%x 0x%x 0x%x 0x%x\\n" VMCS_EXIT_REASON RIP VMCS_INTR_INFO VMCS_EXIT_QUAL
      VMCS_IDTVEC_INFO VMCS_IDTVEC_ERR))
    """
    with guest(source, script) as watched:
        watched.run()
        fault = watched.places["fault"]
        assert lines_at(watched, "fault") == [
            (0, fault, VALID | 0xB0D, 0, 0, 0),
            (0, fault, VALID | 0xB0E, 0x7FFFF8, VALID | 0xB0D, 0xF0),
        ]


INTERRUPTED = f"""
    gate 0x40, count
    gate 2, count
    lapic 0x310, 0
    lapic 0x300, %s
    nop
1:  sti
    hlt
    cli
{STOP}
count:
    incq 0x300000
    movq (%%rsp), %%rax
    movq %%rax, 0x300008
    iretq
"""


@pytest.mark.parametrize(
    ("command", "reason", "info"), [("0x4040", 1, VALID | 0x40), ("0x4400", 0, VALID | 0x202)], ids=["IRQ", "NMI"]
)
@covers("HV_Exit", "HV_Resume")
def test_what_comes_from_outside(command: str, reason: int, info: int) -> None:
    """An interrupt to oneself by the local APIC, and an NMI."""
    script = """
    (vprobe HV_Exit (cond ((&& (== CS 8) (!= VMCS_INTR_INFO 0))
       (printf "%d 0x%x 0x%x 0x%x\\n" VMCS_EXIT_REASON RIP VMCS_INTR_INFO VMCS_VMENTRY_INTR_INFO))))
    (vprobe HV_Resume (cond ((&& (== CS 8) (!= VMCS_VMENTRY_INTR_INFO 0))
       (printf "99 0x%x 0x%x\\n" RIP VMCS_VMENTRY_INTR_INFO))))
    """
    with guest(INTERRUPTED % command, script) as watched:
        watched.run()
        where = watched.result(1)
        assert watched.result() == 1
        assert watched.numbers == [(reason, where, info, 0), (99, where, info)]


@covers("HV_NPF")
def test_device_memory_is_a_violation_of_nested_page_tables() -> None:
    """SDM table 27-7: read or write, linear address valid, not on the way through page tables."""
    source = f"""
    movl $LAPIC, %ebx
read: movl 0x80(%rbx), %eax
write: movl %eax, 0x80(%rbx)
both: orl $0, 0x80(%rbx)
{STOP}"""
    script = f'{EXITS} (vprobe HV_NPF (printf "0 0x%x 0x%x\\n" RIP VMCS_EXIT_QUAL))'
    with guest(source, script) as watched:
        watched.run()
        for name, qualifications in (("read", [0x181]), ("write", [0x182]), ("both", [0x181, 0x182])):
            at = watched.places[name]
            expected = []
            for value in qualifications:
                expected += [(48, at, 0, value, 0), (0, at, value)]
            assert lines_at(watched, name) == expected
        assert watched.machine.counters().exits[48] == 4


def test_a_triple_fault_is_an_exit() -> None:
    source = f"lidt nothing\nfault: ud2\nnothing: .word 0\n .quad 0\n{STOP}"
    with guest(source, EXITS) as watched:
        watched.machine.run(20_000)
        fault = watched.places["fault"]
        reasons = [(line[0], line[4] & 0xFF) for line in watched.numbers if line[1] == fault]
        assert reasons[:4] == [(0, 6), (0, 13), (0, 8), (2, 0)]


@covers("HV_Exit", "HV_Resume")
def test_exits_and_resumes_take_turns() -> None:
    """With everything that exits; the resume of an instruction comes before the next instruction that exits."""
    instructions = [
        case.before + "\n" + case.code for name, case in CASES.items() if name not in ("INVLPG by RIP", "MOV to CR8")
    ]
    body = "\n movl $0x310000, %ebx\n movl $16, %ecx\n".join(instructions)
    source = f"gate 6, skip\n movl $LAPIC, %ebx\n movl (%rbx), %eax\n{body}\n ud2\n{INTERRUPTED % '0x4040'}\n"
    source += "skip: addq $2, (%rsp)\n iretq\n"
    script = '(vprobe HV_Exit (printf "1\\n")) (vprobe HV_Resume (printf "2\\n"))'
    with guest(source, script) as watched:
        watched.run(0.01)
        turns = [turn for (turn,) in watched.numbers]
        assert len(turns) > 80
        assert turns == [1, 2] * (len(turns) // 2) + [1]  # the last is the HLT that never ends
        assert turns.count(1) == sum(watched.machine.counters().exits)
