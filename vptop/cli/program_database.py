# SPDX-License-Identifier: GPL-2.0-or-later
"""Structures of a Windows program or kernel, from its program database (.pdb).

The container and the stream of types are as the LLVM documentation "The PDB File Format" has them ("The MSF File
Format", "The PDB TPI and IPI Streams", "CodeView Type Records").
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from engine.errors import InputError
from vptop.cli.codeview import (
    ARRAY,
    BITFIELD,
    CLASSES,
    ENUM,
    FIELD_LIST,
    FIRST_TYPE,
    MODIFIER,
    POINTER,
    UNION,
    Record,
    built_in_bytes,
    fields,
)
from vptop.cli.members import Member, integer

MAGIC = b"Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0"
"""What a program database begins with."""
_SUPERBLOCK = struct.Struct("<6I")
"""Behind the magic: bytes of a block, free block map, blocks, bytes of the directory, unknown, block of its map."""
_TYPES = 2
"""The stream of types (TPI)."""
_NO_STREAM = 0xFFFFFFFF
_FORWARD = 0x80
"""Property of a structure that is only declared."""
_NESTING = 32


class PdbError(InputError):
    """A file that is no program database, or a damaged one. Name another."""


class Pdb:
    """Structures by name; see `vptop.cli.structs.Types`."""

    def __init__(self, data: bytes) -> None:
        """Read all records.

        Raises:
            PdbError: it is no program database, or is damaged.
        """
        if not data.startswith(MAGIC):
            raise PdbError("no program database")
        try:
            stream = _stream(data, _TYPES)
            _, header, first, end, size = struct.unpack_from("<5I", stream)
            if first != FIRST_TYPE:
                raise PdbError(f"type indices from {first:#x} on, not from {FIRST_TYPE:#x}")
            self._records = list(_records(stream[header : header + size], end - first))
            self._structures: dict[str, Record] = {}
            for record in self._records:
                if record.kind in (*CLASSES, UNION) and not record.u16(2) & _FORWARD and (name := _name(record)):
                    self._structures.setdefault(name, record)
        except (struct.error, IndexError, ValueError) as error:
            raise PdbError(f"damaged: {error}") from error

    def names(self) -> Iterable[str]:
        """The names of all structures."""
        return self._structures

    def members(self, name: str) -> list[Member] | None:
        """The members of a structure, those of its bases too; bit-fields are left out. None when it is not there.

        Raises:
            PdbError: a record is damaged.
        """
        record = self._structures.get(name)
        try:
            return None if record is None else list(self._members(record, 0, 0))
        except (struct.error, IndexError, ValueError) as error:
            raise PdbError(f"structure {name}: damaged: {error}") from error

    # --- types -------------------------------------------------------------------------------------------------------

    def _record(self, number: int) -> Record | None:
        """A record by type index; None for built-in types. Qualifiers are passed over."""
        for _ in range(_NESTING):
            if number < FIRST_TYPE:
                return None
            record = self._records[number - FIRST_TYPE]
            if record.kind != MODIFIER:
                return record
            number = record.u32(0)
        raise ValueError(f"type {number:#x} is nested too deep")

    def _unqualified(self, number: int) -> int:
        for _ in range(_NESTING):
            if number < FIRST_TYPE or self._records[number - FIRST_TYPE].kind != MODIFIER:
                return number
            number = self._records[number - FIRST_TYPE].u32(0)
        raise ValueError(f"type {number:#x} is nested too deep")

    def _members(self, record: Record, base: int, depth: int) -> Iterator[Member]:
        listed = self._record(record.u32(4))
        if depth > _NESTING:
            raise ValueError("structures are nested too deep")
        if listed is None or listed.kind != FIELD_LIST:
            return
        for field in fields(listed, self._record):
            kind = self._record(field.type)
            if kind is not None and kind.kind == BITFIELD:
                continue
            if field.name:
                yield Member(field.name, base + field.offset, self._form(field.type))
            elif (inner := self._defined(kind)) is not None:
                yield from self._members(inner, base + field.offset, depth + 1)

    def _defined(self, record: Record | None) -> Record | None:
        """The definition of a structure; records often name it by a declaration."""
        if record is None or record.kind not in (*CLASSES, UNION):
            return None
        return self._structures.get(_name(record), record)

    def _form(self, number: int) -> str:
        record = self._record(number)
        if record is None:
            return integer(self._size(number))
        if record.kind == POINTER:
            target = self._record(record.u32(0))
            if target is not None and target.kind in (*CLASSES, UNION) and _name(target).isidentifier():
                return f"struct {_name(target)} *%s"
            return "char *%s" if self._size(record.u32(0)) == 1 else integer(self._size(number))
        if record.kind == ARRAY:
            return self._array(record)
        return integer(1, self._size(number)) if record.kind in (*CLASSES, UNION) else integer(self._size(number))

    def _array(self, record: Record) -> str:
        element, total = self._unqualified(record.u32(0)), record.number(8)[0]
        inner = self._record(element)
        for _ in range(_NESTING):
            if inner is None or inner.kind != ARRAY:
                break
            element = self._unqualified(inner.u32(0))
            inner = self._record(element)
        size = max(1, self._size(element))
        is_number = inner is None or inner.kind in (ENUM, POINTER)
        return integer(size, max(1, total // size)) if is_number else integer(1, max(1, total))

    def _size(self, number: int, depth: int = 0) -> int:
        """Bytes of a type; 0 for one without a value."""
        record = self._record(number)
        if record is None:
            return built_in_bytes(self._unqualified(number))
        if record.kind == POINTER:
            return record.u32(4) >> 13 & 0x3F
        if record.kind == ARRAY:
            return record.number(8)[0]
        if record.kind == ENUM and depth < _NESTING:
            return self._size(record.u32(4), depth + 1)
        found = self._defined(record)
        return 0 if found is None else found.number(8 if found.kind == UNION else 16)[0]


def _name(record: Record) -> str:
    _, after = record.number(8 if record.kind == UNION else 16)
    name = record.text(after)[0]
    return "" if name.startswith("<") else name


def _stream(data: bytes, number: int) -> bytes:
    """A stream of the container; all numbers are checked against its size, as the file may be damaged."""
    block, _, _, directory_bytes, _, map_block = _SUPERBLOCK.unpack_from(data, len(MAGIC))
    if block not in (512, 1024, 2048, 4096, 8192, 16384, 32768) or directory_bytes > len(data):
        raise PdbError("damaged: wrong sizes in its first block")

    def gathered(numbers: Iterable[int], size: int) -> bytes:
        return b"".join(data[one * block : (one + 1) * block] for one in numbers)[:size]

    def blocks(size: int) -> int:
        return 0 if size == _NO_STREAM else -(-size // block)

    listed = struct.unpack_from(f"<{blocks(directory_bytes)}I", data, map_block * block)
    directory = gathered(listed, directory_bytes)
    (count,) = struct.unpack_from("<I", directory)
    sizes = struct.unpack_from(f"<{count}I", directory, 4)
    start = 4 + 4 * count + 4 * sum(map(blocks, sizes[:number]))
    numbers = struct.unpack_from(f"<{blocks(sizes[number])}I", directory, start)
    return gathered(numbers, sizes[number])


def _records(data: bytes, count: int) -> Iterator[Record]:
    at = 0
    for _ in range(count):
        size, kind = struct.unpack_from("<HH", data, at)
        yield Record(kind, data[at + 4 : at + 2 + size])
        at += 2 + size
