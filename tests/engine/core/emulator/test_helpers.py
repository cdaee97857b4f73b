# SPDX-License-Identifier: GPL-2.0-or-later
"""Translated code as it is corrected while it is generated."""

from __future__ import annotations

import pytest

from tests.engine.machine.small_guest import results, running

BASE = 0x80000
PLAIN, BASED = 77, 78
"""What is at the address itself, and what is BASE behind it."""
GUEST = """
    lgdt pointer_of_tables
    movq ${plain}, 0x300000
    movq ${based}, 0x300000 + {base:#x}
    movl $0x300000, %edi
    {code}
    movl $0x10, %eax
    movl %eax, %ss
    movl %eax, %ds
    movl %eax, %es
    movl %ebx, 0x300008
    movl %edx, 0x300010
1:  hlt
    jmp 1b
    .balign 8
tables:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf93080000ffff, 0x00cf9b000000ffff, 0x00af9b080000ffff
pointer_of_tables:
    .word pointer_of_tables - tables - 1
    .quad tables
"""


def loaded(code: str) -> tuple[int, ...]:
    """EBX and EDX when the code is done."""
    with running(GUEST.format(plain=PLAIN, based=BASED, base=BASE, code=code), 0.0001) as machine:
        return results(machine, 3)[1:]


@pytest.mark.parametrize("segment", ["cs", "ds", "es", "ss"])
def test_the_base_of_a_segment_is_ignored_in_64_bit_mode(segment: str) -> None:
    """Also where a prefix names it (Intel SDM volume 1, 3.3.7.1)."""
    load = "pushq $0x28\n pushq $1f\n lretq\n1:" if segment == "cs" else f"movl $0x18, %eax\n movl %eax, %{segment}"
    code = f"{load}\n movq %{segment}:(%rdi), %rbx\n movl %edi, %esi\n {segment} lodsl\n movl %eax, %edx"
    assert loaded(code) == (PLAIN, PLAIN)


@pytest.mark.parametrize("segment", ["ds", "es", "ss"])
def test_the_base_of_a_segment_counts_in_compatibility_mode(segment: str) -> None:
    load = f"movl $0x18, %eax\n movl %eax, %{segment}"
    code = f"""
    movq %{segment}:(%rdi), %rdx    /* the same instruction in both modes */
    {load}
    pushq $0x20
    pushq $1f
    lretq
    .code32
1:  movl %{segment}:(%edi), %ebx
    movl %edi, %esi
    {segment} lodsl
    movl %eax, %edx
"""
    assert loaded(code) == (BASED, BASED)


@pytest.mark.parametrize("event", ["int $0x80", "ud2", "lcall *far_pointer", "ljmp *far_pointer"])
def test_code_of_64_bits_has_no_base_however_it_is_entered(event: str) -> None:
    code = f"""
    gate 6, handler
    gate 0x80, handler
    movw $0x28, 0x6002 + 16 * 6
    movw $0x28, 0x6002 + 16 * 0x80
    {event}
far_pointer: .long handler
    .word 0x28
handler:
    movl $1, %ebx
    movl %cs, %edx
"""
    assert loaded(code) == (1, 0x28)
