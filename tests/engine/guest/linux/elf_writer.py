# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes ELF files as small as can be, by elf(5): a segment of code, symbol tables, a build ID."""

from __future__ import annotations

import struct
from collections.abc import Sequence

CODE_AT, CODE_BYTES = 0x1000, 0x1000
"""Offset of the code in the file, and its size."""
FUNCTION, OBJECT, LABEL, INDIRECT = 2, 1, 0, 10
Sym = tuple[str, int, int, int, bool]
"""name, address, size, type, whether it is global"""
SYMTAB, DYNSYM, STRTAB = 2, 11, 3


def elf(
    symtab: Sequence[Sym] = (),
    dynsym: Sequence[Sym] = (),
    *,
    address: int = 0x401000,
    build_id: bytes = b"",
    code: bool = True,
    machine: int = 62,
    kind: int = 2,
) -> bytes:
    """An ELF file.

    Args:
        symtab: symbols of .symtab; there is no such section without any.
        dynsym: those of .dynsym.
        address: of the code; it is at CODE_AT in the file.
        build_id: in a note.
        code: whether the code is in the file, as it is not in a file with debugging information alone.
        machine: e_machine.
        kind: e_type.
    """
    note = struct.pack("<3I4s", 4, len(build_id), 3, b"GNU\0") + build_id if build_id else b""
    other = struct.pack("<3I8s4s", 5, 4, 1, b"Linux\0\0\0", bytes(4))
    notes = other + note
    size = CODE_BYTES if code else 0
    segments = [
        struct.pack("<2I6Q", 1, 4, 0, address - CODE_AT, 0, 0x400, 0x400, 0x1000),
        struct.pack("<2I6Q", 1, 5, CODE_AT if code else 0, address, 0, size, CODE_BYTES, 0x1000),
        struct.pack("<2I6Q", 4, 4, 0x200, 0, 0, len(notes), len(notes), 4),
    ]
    body = bytearray(CODE_AT + size)
    body[0x200 : 0x200 + len(notes)] = notes
    sections = [bytes(64)]
    for type_, symbols in ((SYMTAB, symtab), (DYNSYM, dynsym)):
        if symbols:
            strings = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in symbols)
            table, at = bytes(24), 1
            for name, value, length, what, is_global in symbols:
                table += struct.pack("<IBBHQQ", at, what | is_global << 4, 0, 1 if value else 0, value, length)
                at += len(name.encode()) + 1
            link = len(sections) + 1
            sections.append(struct.pack("<2I4Q2I2Q", 0, type_, 0, 0, len(body), len(table), link, 1, 8, 24))
            body += table
            sections.append(struct.pack("<2I4Q2I2Q", 0, STRTAB, 0, 0, len(body), len(strings), 0, 0, 1, 0))
            body += strings
    header = struct.pack(
        "<16s2HI3QI6H", b"\x7fELF\2\1\1", kind, machine, 1, address, 64, len(body), 0, 64, 56, 3, 64, len(sections), 0
    )
    body[:64] = header
    body[64 : 64 + 56 * 3] = b"".join(segments)
    return bytes(body + b"".join(sections))
