# SPDX-License-Identifier: GPL-2.0-or-later
"""Model-specific registers: those there are, their values after the firmware, what they refuse (Intel SDM volume 4)."""

from __future__ import annotations

from tests.engine.machine.small_guest import RESULTS, results, running

FAULT = None
WRITE_BACK, UNCACHEABLE, WRITE_PROTECTED = 6, 0, 5
EACH_BYTE = 0x0101010101010101
PAT_AT_RESET = 0x0007040600070406
READS: dict[int, int | None] = {
    0x17: 0,  # IA32_PLATFORM_ID
    0x3B: 0,  # IA32_TSC_ADJUST
    0x3A: 1,  # IA32_FEATURE_CONTROL: locked, without VMX
    0x48: FAULT,  # IA32_SPEC_CTRL: CPUID does not report it
    0x79: FAULT,  # IA32_BIOS_UPDT_TRIG can be written only
    0x8B: 1 << 32,  # IA32_BIOS_SIGN_ID
    0xCE: FAULT,  # MSR_PLATFORM_INFO
    0xFE: 0x508,  # IA32_MTRRCAP: eight variable ranges, fixed ranges, write combining
    0x175: 0,  # IA32_SYSENTER_ESP
    0x1A0: 0x1801,  # IA32_MISC_ENABLE: fast strings; no branch traces, no sampling
    0x200: 0xC0000000 | UNCACHEABLE,
    0x201: 0xFF_C000_0800,  # 1 GiB, valid
    0x202: 0,
    0x20F: 0,
    0x210: FAULT,
    0x250: EACH_BYTE * WRITE_BACK,  # to 512 KiB
    0x259: EACH_BYTE * UNCACHEABLE,  # the video adapter
    0x26F: EACH_BYTE * WRITE_PROTECTED,  # the BIOS
    0x277: PAT_AT_RESET,
    0x2FF: 0xC00 | WRITE_BACK,  # IA32_MTRR_DEF_TYPE: enabled
    0x345: FAULT,  # IA32_PERF_CAPABILITIES
    0x480: FAULT,  # IA32_VMX_BASIC
    0x40000000: FAULT,
    0xC0000080: 0x500,  # IA32_EFER: LMA, LME
    0xC0000104: FAULT,
    0xC0010015: FAULT,  # of another vendor
}
WRITES: list[tuple[int, int, bool]] = [
    (0x17, 0, True),
    (0x48, 0, True),
    (0x79, 0x1000, False),
    (0x8B, 0, False),
    (0x1A0, 0x1801, False),
    (0x1A0, 0x4_00C5_0809, False),  # each bit that there is
    (0x1A0, 1 << 1, True),
    (0x1D9, 3, False),
    (0x1D9, 1 << 14, True),
    (0x200, 0x8000_0000 | WRITE_BACK, False),
    (0x200, 2, True),  # no memory type
    (0x200, 1 << 40, True),  # beyond the physical addresses
    (0x200, 1 << 8, True),
    (0x201, 0xFF_8000_0800, False),
    (0x201, 0x400, True),
    (0x250, EACH_BYTE * 4, False),
    (0x250, 3, True),
    (0x277, PAT_AT_RESET, False),
    (0x277, 2 << 32, True),
    (0x2FF, 0x806, False),
    (0x2FF, 0x1006, True),
    (0x2FF, 7, True),
    (0x400, 0, False),  # IA32_MC0_CTL: all or nothing
    (0x400, (1 << 64) - 1, False),
    (0x400, 0xAAAA_AAAA_AAAA_AAAA, True),
    (0x401, 0, False),  # IA32_MC0_STATUS
    (0x401, 1, True),
    (0x40000000, 0, True),
    (0xC0000103, 5, False),
    (0xC0000103, 1 << 32, True),
]
"""Register, value, whether the write faults."""
PROLOGUE = """
    gate 13, protected
    jmp begin
protected:
    movq $13, 8(%r14)
    movq %r15, 8(%rsp)
    addq $8, %rsp
    iretq
begin:
    movl $0x300000, %r14d
"""
HALT = "1: hlt\n jmp 1b\n"


def test_registers_read_as_the_firmware_leaves_them_and_others_fault() -> None:
    source = PROLOGUE
    for number in READS:
        source += f"""
    movl ${number:#x}, %ecx
    movq $after{number}, %r15
    rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, (%r14)
after{number}:
    addq $16, %r14
"""
    with running(source + HALT, 0.001) as machine:
        words = results(machine, 2 * len(READS))
        found = {number: FAULT if words[2 * n + 1] else words[2 * n] for n, number in enumerate(READS)}
        assert found == READS


def test_reserved_bits_fault_and_others_are_kept() -> None:
    source = PROLOGUE
    for n, (number, value, _) in enumerate(WRITES):
        source += f"""
    movl ${number:#x}, %ecx
    movl ${value & 0xFFFFFFFF:#x}, %eax
    movl ${value >> 32:#x}, %edx
    movq $after{n}, %r15
    wrmsr
after{n}:
    addq $16, %r14
"""
    source += "movl $0x2ff, %ecx\n rdmsr\n movl %eax, (%r14)\n movl $0x1d9, %ecx\n rdmsr\n movl %eax, 16(%r14)\n"
    with running(source + HALT, 0.001) as machine:
        faults = [bool(machine.memory.read_int(RESULTS + 16 * n + 8, 8)) for n in range(len(WRITES))]
        assert [write for write, fault in zip(WRITES, faults, strict=True) if fault != write[2]] == []
        kept = results(machine, 2 * len(WRITES) + 3)[2 * len(WRITES) :]
        assert (kept[0], kept[2]) == (0x806, 3)


def test_the_time_stamp_and_its_adjustment_change_each_other() -> None:
    """SDM volume 3, 17.17.3."""
    source = """
    movl $0x10, %ecx            /* a year of counting */
    xorl %eax, %eax
    movl $0x700000, %edx
    wrmsr
    movl $0x3b, %ecx
    rdmsr
    movl %edx, 0x300000
    xorl %eax, %eax             /* and back */
    xorl %edx, %edx
    wrmsr
    rdtsc
    movl %edx, 0x300008
"""
    with running(source + HALT, 0.001) as machine:
        assert results(machine, 2) == (0x6FFFFF, 0)  # less what had been counted


def test_a_single_step_follows_rdmsr_and_pause() -> None:
    """They are executed outside of translated code."""
    source = """
    gate 1, debug
    jmp begin
debug:
    incq 0x300000
    movq (%rsp), %rax
    movq %rax, 0x300008
    iretq
begin:
    movl $0x1b, %ecx
    pushfq
    orl $0x100, (%rsp)
    popfq
    rdmsr
    pause
    pushfq
    andl $~0x100, (%rsp)
    popfq
    nop
"""
    with running(source + HALT, 0.001) as machine:
        assert results(machine, 1) == (5,)  # RDMSR, PAUSE, PUSHF, AND, POPF
