# SPDX-License-Identifier: GPL-2.0-or-later
"""A small Multiboot kernel, as an ELF file and as a flat one."""

from __future__ import annotations

from tests.engine.machine.assembly import assembled

LINK = """
ENTRY(start)
SECTIONS { . = 0x200000; .text : { *(.header) *(.text) } .data : { *(.data) } .bss : { *(.bss) } end = .; }
"""
CODE = """
    .code32
    .section .header, "a"
header:
    .long 0x1badb002, {flags}, -(0x1badb002 + {flags})
    .long header, header, {end_of_data}, end, start
    .text
    .globl start
start:
    movl %eax, results
    movl %ebx, results + 4
    movl %cr0, %eax
    movl %eax, results + 8
    movl zeros + 4096, %eax
    movl %eax, results + 12
    movl $stack, %esp
    pushfl
    popl results + 16
    movw %cs, results + 20
    movw %ss, results + 22
1:  hlt
    jmp 1b
    .data
    .globl results
results: .fill 6, 4, 0x55555555
    .bss
zeros: .skip 8192
stack:
"""


def built(flags: int, flat: bool) -> bytes:
    """The kernel as an ELF file, or as a flat one that only its header describes."""
    end = "results + 24" if flat else 0
    return assembled(CODE.format(flags=flags, end_of_data=end), LINK, "x86", flat=flat)


def elf() -> bytes:
    return built(0x00000003, flat=False)


def flat() -> bytes:
    return built(0x00010003, flat=True)
