# SPDX-License-Identifier: GPL-2.0-or-later
"""Reserved bits and non-canonical addresses fault (Intel SDM volume 3, 2.2.1, 2.5, 4.1.1; volume 2, MOV CR, WRMSR)."""

from __future__ import annotations

from tests.engine.machine.small_guest import RESULTS, running

NON_CANONICAL = 0x0000_8000_0000_0000
CANONICAL = 0xFFFF_8000_0000_0000
NX, LME, LMA, SCE, SVME = 0x800, 0x100, 0x400, 0x1, 0x1000
PAGING, PROTECTION, NOT_WRITE_THROUGH, CACHE_DISABLE = 1 << 31, 1, 1 << 29, 1 << 30
PAE, SSE, LA57, PKE, LAM_SUPERVISOR = 1 << 5, 3 << 9, 1 << 12, 1 << 22, 1 << 28

Access = tuple[str, int, bool]
"""Which register, the value that the guest writes, whether that faults."""
BASES = ("0x175", "0x176", "0xc0000082", "0xc0000083", "0xc0000100", "0xc0000101", "0xc0000102")
ACCESSES: list[Access] = [
    *((base, NON_CANONICAL, True) for base in BASES),
    *((base, CANONICAL, False) for base in BASES),
    ("0xc0000080", NX | LME | SCE, False),
    ("0xc0000080", NX | LME | LMA | SVME, True),
    ("0xc0000080", NX | LMA, True),  # LME cannot change while paging is enabled
    ("0xc0000084", 0xFFFFFFFF, False),
    ("0xc0000084", 1 << 32, True),
    ("0x1b", 0xFEE00900, False),
    ("0x1b", 0xFEE00901, True),
    ("0x1b", 0xFEE00900 | 1 << 40, True),
    ("0x1b", 0xFEE00500, True),  # x2APIC mode without the APIC
    ("0x808", 0, True),  # TPR as an MSR, in xAPIC mode
    ("0x1b", 0xFEE00D00, False),
    ("0x1b", 0xFEE00900, True),  # from x2APIC mode back to xAPIC mode
    ("0x808", 0x20, False),
    ("0x808", 0x100, True),
    ("0x803", 0x40011, True),  # version: read-only
    ("0x80e", 0, True),  # not there in x2APIC mode
    ("%cr0", PAGING | PROTECTION, False),
    ("%cr0", PAGING | PROTECTION | 1 << 32, True),
    ("%cr0", PAGING, True),
    ("%cr0", PROTECTION, True),  # paging cannot be disabled in 64-bit mode
    ("%cr0", PAGING | PROTECTION | NOT_WRITE_THROUGH, True),
    ("%cr0", PAGING | PROTECTION | NOT_WRITE_THROUGH | CACHE_DISABLE, False),
    ("%cr3", 0x1000, False),
    ("%cr3", 0x1000 | 1 << 40, True),  # beyond the physical addresses
    ("%cr3", 0x1000 | 1 << 63, True),
    ("%cr4", PAE | SSE, False),
    ("%cr4", SSE, True),
    ("%cr4", PAE | SSE | LA57, True),
    ("%cr4", PAE | SSE | PKE << 1, True),
    ("%cr4", PAE | SSE | LAM_SUPERVISOR, True),
    ("%cr4", PAE | SSE | 1 << 63, True),
    ("%cr8", 0xF, False),
    ("%cr8", 0x10, True),
]
PROLOGUE = """
    gate 13, protected
    jmp begin
protected:                      /* count the fault, go on at the address in R15 */
    movq $1, (%r14)
    movq %r15, 8(%rsp)
    addq $8, %rsp
    iretq
begin:
    movl $0x300000, %r14d
"""


def write(number: int, access: Access) -> str:
    """Code that tries an access."""
    register, value, _ = access
    if register.startswith("%"):
        move = f"movabsq ${value:#x}, %rax\n movq %rax, {register}"
    else:
        move = f"movl ${register}, %ecx\n movl ${value & 0xFFFFFFFF:#x}, %eax\n movl ${value >> 32:#x}, %edx\n wrmsr"
    return f"movq $after{number}, %r15\n {move}\nafter{number}:\n addq $8, %r14\n"


def test_such_values_raise_a_general_protection_fault() -> None:
    source = PROLOGUE + "".join(write(n, access) for n, access in enumerate(ACCESSES))
    with running(source + "1: hlt\n jmp 1b\n", 0.001) as machine:
        faults = [bool(machine.memory.read_int(RESULTS + 8 * n, 8)) for n in range(len(ACCESSES))]
        assert [access for access, fault in zip(ACCESSES, faults, strict=True) if fault != access[2]] == []
