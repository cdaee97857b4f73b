# SPDX-License-Identifier: GPL-2.0-or-later
"""A small kernel for x86-64: what the 64-bit boot protocol gives it, it writes to memory and to the serial port."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable

import lz4.block
import zstandard

from tests.engine.machine.assembly import assembled

RESULTS = 0x1400000
"""Where the kernel leaves registers as 64-bit numbers."""
LINK = """
ENTRY(phys_entry)
PHDRS { text PT_LOAD FLAGS(7); }
SECTIONS {
    . = 0xffffffff81000000;
    phys_entry = entry - 0xffffffff80000000;
    .text : AT(ADDR(.text) - 0xffffffff80000000) { *(.text) *(.data) } :text
    .bss : AT(ADDR(.bss) - 0xffffffff80000000) { *(.bss) } :text
}
"""
CODE = """
    .text
    .globl entry
entry:
    movq %rsi, 0x1400000
    movq %cr0, %rax
    movq %rax, 0x1400008
    movq %cr4, %rax
    movq %rax, 0x1400010
    movl $0xc0000080, %ecx
    rdmsr
    movq %rax, 0x1400018
    pushfq
    popq 0x1400020
    movw %cs, 0x1400028
    movw %ds, 0x140002a
    movw %ss, 0x140002c
    movq narrow - 0xffffffff80000000, %rax
    movq %rax, 0x1400030
    movq wide - 0xffffffff80000000, %rax
    movq %rax, 0x1400038
    movq zeros - 0xffffffff80000000 + 4096, %rax
    movq %rax, 0x1400040
    movl 0x228(%rsi), %ebx
    movw $0x3f8, %dx
1:  movb (%rbx), %al
    testb %al, %al
    jz 2f
    outb %al, %dx
    incq %rbx
    jmp 1b
2:  hlt
    jmp 2b
    .balign 8
    .globl narrow
narrow: .long 0x81000040, 0
    .globl wide
wide: .quad 0xffffffff81000080
    .ascii "Linux version 9.8.7-synthetic (a test) "
    .bss
zeros: .skip 8192
"""
BASE = 0x1000000
SETUP_SECTORS = 4


def vmlinux() -> bytes:
    """The kernel as an ELF file."""
    return assembled(CODE, LINK, "x86_64", flat=False)


def with_relocations(*, inverse: bool = True) -> bytes:
    """The ELF file, and behind it the relocations of `narrow` and `wide`."""
    data = vmlinux()
    text = data.index(b"Linux version 9.8.7") - 8 - 8
    narrow = 0xFFFFFFFF81000000 + text - data.index(_entry_code())
    wide = narrow + 8
    words = [0, wide & 0xFFFFFFFF, *([0] if inverse else []), 0, narrow & 0xFFFFFFFF]
    return data + struct.pack(f"<{len(words)}I", *words)


def _entry_code() -> bytes:
    """movq %rsi, 0x1400000"""
    return bytes.fromhex("48893425") + struct.pack("<I", RESULTS)


def lz4_legacy(data: bytes) -> bytes:
    """As `lz4 -l` writes it."""
    out = b"\x02\x21\x4c\x18"
    for at in range(0, len(data), 8 << 20):
        block = lz4.block.compress(data[at : at + (8 << 20)], store_size=False)
        out += struct.pack("<I", len(block)) + block
    return out


def lzop_stored(data: bytes) -> bytes:
    """As `lzop` writes what does not become smaller: one block, not compressed."""
    head = struct.pack(">HHHBBIIIIB", 0x1040, 0x20A0, 0x0940, 1, 5, 0x03000001, 0o100644, 0, 0, 0)
    block = struct.pack(">III", len(data), len(data), 0) + data
    return b"\x89LZO\x00\r\n\x1a\n" + head + bytes(4) + block + bytes(4)


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lambda data: lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_CRC32),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "lzo": lzop_stored,
    "lz4": lz4_legacy,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}


def bzimage(compression: str = "gzip", vmlinux_: bytes | None = None, **fields: int) -> bytes:
    """The kernel as a bzImage; `fields` change those of the setup header by name."""
    data = vmlinux() if vmlinux_ is None else vmlinux_
    packed = COMPRESSORS[compression](data)
    packed += b"" if compression == "gzip" else struct.pack("<I", len(data))
    packed_at = 0x300
    protected = bytes(packed_at) + packed
    protected += bytes(-len(protected) % 16)
    setup = bytearray((SETUP_SECTORS + 1) * 512)
    text = b"9.8.7-synthetic (somebody@somewhere) #1\0"
    setup[0x400 : 0x400 + len(text)] = text
    values = {
        "setup_sects": SETUP_SECTORS, "syssize": len(protected) // 16, "boot_flag": 0xAA55, "jump": 0x66EB,
        "version": 0x020F, "kernel_version": 0x200, "xloadflags": 0x3F, "cmdline_size": 2047,
        "payload_offset": packed_at, "payload_length": len(packed), "kernel_alignment": 0x200000,
    } | fields  # fmt: skip
    for name, value in values.items():
        offset, form = FIELDS[name]
        struct.pack_into(form, setup, offset, value)
    setup[0x202:0x206] = b"HdrS"
    return bytes(setup) + protected


FIELDS = {
    "setup_sects": (0x1F1, "<B"), "syssize": (0x1F4, "<I"), "boot_flag": (0x1FE, "<H"), "jump": (0x200, "<H"),
    "version": (0x206, "<H"), "kernel_version": (0x20E, "<H"), "kernel_alignment": (0x230, "<I"),
    "xloadflags": (0x236, "<H"), "cmdline_size": (0x238, "<I"), "payload_offset": (0x248, "<I"),
    "payload_length": (0x24C, "<I"),
}  # fmt: skip
"""Offset and form of fields of the setup header (The Linux/x86 Boot Protocol)."""
