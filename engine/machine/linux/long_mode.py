# SPDX-License-Identifier: GPL-2.0-or-later
"""From protected mode to long mode with identity-mapped pages, as the 64-bit boot protocol asks for."""

from __future__ import annotations

import struct

from engine.machine.cpu import Cpu
from engine.machine.memory import Memory

_GDT, _CODE, _PAGE_TABLES = 0x7000, 0x7100, 0x8000
_BOOT_CS, _BOOT_DS = 0x10, 0x18
_DESCRIPTORS = (0, 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF)
"""Null, unused, flat 64-bit code at __BOOT_CS, flat data at __BOOT_DS (Intel SDM volume 3, 3.4.5)."""
_TABLE, _ENTRIES = 4096, 512
_PRESENT_WRITABLE, _LARGE = 0x3, 0x80
_MAPPED_GIB = 4
_PAE, _LME, _PROTECTION_AND_PAGING = 1 << 5, 1 << 8, 0x80000001
_EFER = 0xC0000080


def enter(memory: Memory, cpu: Cpu, entry: int, argument: int) -> None:
    """Put tables and code into low memory; the CPU stands before that code, which jumps to the entry.

    Args:
        memory: guest RAM.
        cpu: the boot processor, just reset.
        entry: physical address of 64-bit code below 4 GiB.
        argument: what RSI holds there.
    """
    gdt = struct.pack("<4Q", *_DESCRIPTORS)
    memory.write(_GDT, gdt + struct.pack("<HI", len(gdt) - 1, _GDT))
    memory.write(_PAGE_TABLES, _identity_map())
    memory.write(_CODE, _code(_GDT + len(gdt), entry, argument))
    cpu.enter_protected_mode(_CODE, {})


def _identity_map() -> bytes:
    """PML4, one table of GiB, and for each of them one of 2 MiB pages."""
    tables = struct.pack("<Q", _PAGE_TABLES + _TABLE | _PRESENT_WRITABLE).ljust(_TABLE, b"\0")
    directories = (_PAGE_TABLES + (2 + gib) * _TABLE | _PRESENT_WRITABLE for gib in range(_MAPPED_GIB))
    tables += struct.pack(f"<{_MAPPED_GIB}Q", *directories).ljust(_TABLE, b"\0")
    pages = (page << 21 | _LARGE | _PRESENT_WRITABLE for page in range(_MAPPED_GIB * _ENTRIES))
    return tables + struct.pack(f"<{_MAPPED_GIB * _ENTRIES}Q", *pages)


def _code(pseudo_descriptor: int, entry: int, argument: int) -> bytes:
    """Intel SDM volume 3, 9.8.5 (initializing IA-32e mode)."""

    def with_operand(opcode: bytes, operand: int) -> bytes:
        return opcode + struct.pack("<I", operand)

    switch = b"".join(
        (
            with_operand(b"\x0f\x01\x15", pseudo_descriptor),  # lgdt
            with_operand(b"\xb8", _PAE) + b"\x0f\x22\xe0",  # mov eax; mov cr4, eax
            with_operand(b"\xb8", _PAGE_TABLES) + b"\x0f\x22\xd8",  # mov eax; mov cr3, eax
            with_operand(b"\xb9", _EFER),  # mov ecx
            with_operand(b"\xb8", _LME) + b"\x31\xd2\x0f\x30",  # mov eax; xor edx, edx; wrmsr
            with_operand(b"\xb8", _PROTECTION_AND_PAGING) + b"\x0f\x22\xc0",  # mov eax; mov cr0, eax
        )
    )
    far_jump_bytes = 7
    long_mode = _CODE + len(switch) + far_jump_bytes
    return b"".join(
        (
            switch,
            b"\xea" + struct.pack("<IH", long_mode, _BOOT_CS),  # jmp far
            with_operand(b"\xb8", _BOOT_DS) + b"\x8e\xd8\x8e\xc0\x8e\xd0\x8e\xe0\x8e\xe8",  # mov eax; ds es ss fs gs
            with_operand(b"\xbc", _GDT),  # mov esp
            with_operand(b"\xbe", argument),  # mov esi
            with_operand(b"\xb8", entry) + b"\xff\xe0",  # mov eax; jmp rax
        )
    )
