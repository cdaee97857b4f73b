# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the members of a structure are: natural alignment and bit-fields as in the System V ABI, or `@offset`."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.emmett.types.types import Field, StructType, Type, alignment_of, size_of

BYTE = 8


class LayoutError(Exception):
    """A member that cannot be where it is declared; the text says why, `expected` what could be."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


@dataclass(slots=True)
class Layout:
    """Places members one after the other."""

    union: bool
    fields: dict[str, Field] = field(default_factory=dict)
    alignment: int = 1
    _end: int = 0
    """bits up to the end of the latest member"""
    _size: int = 0
    """bits up to the end of the last member"""
    _taken: list[tuple[int, int]] = field(default_factory=list)

    def add(self, name: str, kind: Type, offset: int | None, bits: int | None) -> None:
        """Place one member; an empty name is an unnamed bit-field or an anonymous structure.

        Args:
            name: of the member.
            kind: its type.
            offset: its place in bytes, as `@offset` gives it; None: behind the member before.
            bits: width of a bit-field.

        Raises:
            LayoutError: it overlaps another member, or is too wide.
        """
        unit, alignment = size_of(kind) * BYTE, alignment_of(kind) * BYTE
        if bits is not None and bits > unit:
            raise LayoutError(f"a bit-field of {bits} bits does not fit {kind}", f"at most {unit} bits")
        if offset is not None:
            start = offset * BYTE
        elif self.union:
            start = 0
        elif bits is None:
            start = _up(self._end, alignment)
        elif bits and self._end // unit == (self._end + bits - 1) // unit:
            start = self._end
        else:
            start = _up(self._end, unit)
        width = unit if bits is None else bits
        if not self.union:
            self._claim(name, start, start + width)
        if name or bits is None:
            self.alignment = max(self.alignment, alignment // BYTE)
        self._put(name, kind, start, bits)
        self._end = start + width
        self._size = max(self._size, self._end)

    def _claim(self, name: str, start: int, end: int) -> None:
        for first, last in self._taken:
            if start < last and first < end:
                raise LayoutError(f"`{name}` overlaps the member at offset {first // BYTE:#x}", "another offset")
        self._taken.append((start, end))

    def _put(self, name: str, kind: Type, start: int, bits: int | None) -> None:
        if name:
            if name in self.fields:
                raise LayoutError(f"`{name}` is a member already", "another name")
            self.fields[name] = Field(name, kind, start // BYTE, start % BYTE if bits else 0, bits or 0)
        elif isinstance(kind, StructType):
            for inner in kind.fields.values():
                place = start // BYTE + inner.offset
                self.fields.setdefault(inner.name, Field(inner.name, inner.type, place, inner.first_bit, inner.bits))

    def finish(self, structure: StructType) -> None:
        """Give a structure its members, size and alignment."""
        structure.fields = self.fields
        structure.byte_alignment = self.alignment
        structure.byte_size = _up(self._size, self.alignment * BYTE) // BYTE
        structure.is_complete = True


def _up(value: int, unit: int) -> int:
    return -(-value // unit) * unit if unit else value
