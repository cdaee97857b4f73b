# SPDX-License-Identifier: GPL-2.0-or-later
"""Variables and functions of the engine of 2011, against what the guest's own instructions say of the same state."""

from __future__ import annotations

import pytest

from tests.engine.probes.small import STOP, covers, guest

MSRS = (0x10, 0x1B, 0x174, 0x175, 0x176, *range(0xC0000080, 0xC0000085), *range(0xC0000100, 0xC0000104))
WRITTEN = {0x175: 0x1234_5678_9ABC, 0x176: 0x7777, 0xC0000082: 0x4444_0000_1111, 0xC0000103: 0x55}


@pytest.mark.parametrize("number", MSRS)
def test_msrs_read_as_rdmsr_does(number: int) -> None:
    value = WRITTEN.get(number, 0)
    write = f"movl ${value & 0xFFFFFFFF:#x}, %eax\n movl ${value >> 32:#x}, %edx\n wrmsr\n" if value else ""
    source = f"""
    movl ${number:#x}, %ecx
    {write}
here: rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, 0x300000
{STOP}"""
    with guest(source, f'(vprobe GUEST:<here> (printf "0x%x\\n" (readmsr {number:#x})))') as watched:
        watched.run()
        ((found,),) = watched.numbers
        assert found == watched.result()
        if value:
            assert found == value


def test_general_registers_by_their_numbers_in_instructions() -> None:
    names = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{number}" for number in range(8, 16)))
    moves = "\n".join(f"movl ${0x5000 + number * 8:#x}, %{_low(name)}" for number, name in enumerate(names))
    reads = " ".join(f'(printf "0x%x\\n" (getgpr {number}))' for number in range(16))
    with guest(f"{moves}\nhere: nop\n{STOP}", f"(vprobe GUEST:<here> {reads})") as watched:
        watched.run()
        assert watched.numbers == [(0x5000 + number * 8,) for number in range(16)]


def _low(name: str) -> str:
    return f"{name}d" if name[1].isdigit() else f"e{name[1:]}"


CASES = {
    "insb": (2 << 7 | 0 << 15), "outsb": (2 << 7 | 3 << 15), "addr32 outsb": (1 << 7 | 3 << 15),
    "outsb %fs:(%rsi), %dx": (2 << 7 | 4 << 15), "outb %al, %dx": 0, "cpuid": 0,
}  # fmt: skip


@pytest.mark.parametrize("instruction", CASES)
@covers("VMCS_INSTR_INFO", "HVSTATE")
def test_the_instruction_information_of_an_exit(instruction: str) -> None:
    """Intel SDM volume 3, table 27-8: address size in bits 7 to 9, segment in bits 15 to 17."""
    source = f"movl $0x80, %edx\n movl $0x300000, %esi\n movl %esi, %edi\nhere: {instruction}\n{STOP}"
    script = """
    (vprobe HV_Exit (cond ((== RIP <here>) (printf "0x%x 0x%x %d\\n" VMCS_INSTR_INFO (getvmcs 0x440e) HVSTATE))))
    """
    with guest(source, script) as watched:
        watched.run()
        assert watched.numbers == [(CASES[instruction], CASES[instruction], 1)]


def test_the_vmcs_alone_makes_exits_described() -> None:
    with guest(f"here: cpuid\n{STOP}", '(vprobe VMM1Hz (printf "%d\\n" (getvmcs 0x4402)))') as watched:
        watched.run(1.1)
        assert watched.numbers == [(12,)]  # HLT, the latest exit before


@covers("ISVMM", "WORLDID")
def test_which_thread_fires() -> None:
    script = """
    (vprobe VMM1Hz (printf "%d %d\\n" ISVMM WORLDID))
    (vprobe VMX1Hz (printf "%d %d\\n" ISVMM WORLDID))
    """
    with guest(STOP, script) as watched:
        watched.run(1.1)
        assert watched.numbers == [(1, 0), (0, 1)]


@covers("RDTSC")
def test_the_host_s_counter_runs_while_a_probe_does() -> None:
    script = """
    (definteger begun)
    (defun spin (n) (cond (n (spin (- n 1)))))
    (vprobe VMM1Hz (setint begun RDTSC) (spin 100) (printf "%d %d\\n" (- RDTSC begun) (- TSC TSC)))
    """
    with guest(STOP, script) as watched:
        watched.run(1.1)
        ((host, guest_time),) = watched.numbers
        assert 0 < host < 1 << 40
        assert guest_time == 0
