# SPDX-License-Identifier: GPL-2.0-or-later
"""Type records of program databases ("CodeView Type Records" in the documentation of LLVM)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FIRST_TYPE = 0x1000
"""Lower type indices are built-in types."""
MODIFIER, POINTER, FIELD_LIST, BITFIELD = 0x1001, 0x1002, 0x1203, 0x1205
ARRAY, CLASSES, UNION, ENUM = 0x1503, (0x1504, 0x1505, 0x1519), 0x1506, 0x1507
_BASE, _VIRTUAL_BASES, _INDEX, _FUNCTION_TABLE = 0x1400, (0x1401, 0x1402), 0x1404, 0x1409
_ENUMERATOR, _MEMBER, _STATIC, _METHODS, _NESTED, _METHOD = 0x1502, 0x150D, 0x150E, 0x150F, 0x1510, 0x1511
_PADDING = 0xF0
_MOST_LISTS = 4096
"""Records that one list is divided into; more are a cycle."""
_VIRTUAL = (4, 6)
"""Kinds of methods behind which the offset in the table of virtual functions stands."""
_NUMBERS = {0x8000: "b", 0x8001: "h", 0x8002: "H", 0x8003: "i", 0x8004: "I", 0x8009: "q", 0x800A: "Q"}
"""Layouts of numbers from 0x8000 on, by what stands before them."""
_SIZES = {
    1: (0x10, 0x20, 0x30, 0x68, 0x69, 0x70, 0x7C), 2: (0x11, 0x21, 0x31, 0x71, 0x72, 0x73, 0x7A),
    4: (0x08, 0x12, 0x22, 0x32, 0x40, 0x74, 0x75, 0x7B), 8: (0x13, 0x23, 0x33, 0x41, 0x76, 0x77),
    16: (0x14, 0x24, 0x78, 0x79),
}  # fmt: skip
"""Bytes of built-in types, by the low byte of the index."""
_BUILT_IN = {kind: size for size, kinds in _SIZES.items() for kind in kinds}
_POINTER_MODES = {1: 2, 2: 4, 3: 4, 4: 4, 5: 6, 6: 8}
"""Bytes of pointers to built-in types, by bits 8 to 11 of the index."""


@dataclass(frozen=True, slots=True)
class Record:
    """One type: its kind (LF_*) and what follows it."""

    kind: int
    data: bytes

    def u16(self, at: int) -> int:
        """Two bytes."""
        return int(struct.unpack_from("<H", self.data, at)[0])

    def u32(self, at: int) -> int:
        """Four bytes."""
        return int(struct.unpack_from("<I", self.data, at)[0])

    def number(self, at: int) -> tuple[int, int]:
        """A number of any size, and what follows it."""
        value = self.u16(at)
        if value < min(_NUMBERS):
            return value, at + 2
        if value not in _NUMBERS:
            raise ValueError(f"number of kind {value:#x}")
        layout = "<" + _NUMBERS[value]
        return int(struct.unpack_from(layout, self.data, at + 2)[0]), at + 2 + struct.calcsize(layout)

    def text(self, at: int) -> tuple[str, int]:
        """A name, and what follows it."""
        end = self.data.index(0, at)
        return self.data[at:end].decode("utf-8", "backslashreplace"), end + 1


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """A member by name, offset in bytes and type index; a base class has no name."""

    name: str
    offset: int
    type: int


def fields(record: Record, record_of: Callable[[int], Record | None]) -> Iterator[FieldRecord]:
    """Members and bases that a field list names, in order; a long list goes on in other records."""
    following: Record | None = record
    for _ in range(_MOST_LISTS):
        if following is None:
            return
        record, following, at = following, None, 0
        while at < len(record.data):
            if record.data[at] >= _PADDING:
                at += max(1, record.data[at] & 0xF)
                continue
            kind = record.u16(at)
            if kind in (_MEMBER, _BASE):
                offset, after = record.number(at + 8)
                name, after = record.text(after) if kind == _MEMBER else ("", after)
                yield FieldRecord(name, offset, record.u32(at + 4))
                at = after
            elif kind == _INDEX:
                following, at = record_of(record.u32(at + 4)), at + 8
            else:
                at = _behind(record, kind, at)


def _behind(record: Record, kind: int, at: int) -> int:
    """What follows an entry of a field list that is no member."""
    if kind == _ENUMERATOR:
        return record.text(record.number(at + 4)[1])[1]
    if kind in (_STATIC, _METHODS, _NESTED):
        return record.text(at + 8)[1]
    if kind == _METHOD:
        return record.text(at + 8 + 4 * ((record.u16(at + 2) >> 2 & 7) in _VIRTUAL))[1]
    if kind in _VIRTUAL_BASES:
        return record.number(record.number(at + 12)[1])[1]
    if kind == _FUNCTION_TABLE:
        return at + 8
    raise ValueError(f"entry of kind {kind:#x} in a list of members")


def built_in_bytes(number: int) -> int:
    """Bytes of a built-in type, or of a pointer to one; 0 for `void` and unknown ones."""
    mode = number >> 8 & 0xF
    return _POINTER_MODES.get(mode, 0) if mode else _BUILT_IN.get(number & 0xFF, 0)
