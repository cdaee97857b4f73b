# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows as columns of unsigned numbers, each in the narrowest width that holds it: most of them count small ones."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import TypeAlias

import msgspec

Buffer: TypeAlias = bytes | bytearray | memoryview
Stored = tuple[int, Buffer]
"""A form as in `Columns.forms`, and what is stored of that column."""
CONSTANT = 0
LIKE = 16
LIKE_COLUMNS = 240
"""Columns that others can be like: those with lower numbers."""
ALIGNED = 8
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
"""Types of `array` and `memoryview` by their size."""


class Columns(msgspec.Struct, frozen=True, array_like=True):
    """Columns of equal length."""

    rows: int
    forms: bytes
    """for each column the size of its numbers, 1, 2, 4 or 8 bytes; CONSTANT: one number of 8 bytes for all rows;
    LIKE + n: those of column n, which has a number below LIKE_COLUMNS, and a form of its own"""
    numbers: bytes
    """what is stored of each column, little-endian, filled up with zeros to a multiple of 8 bytes"""

    def stored(self, column: int) -> memoryview:
        """The numbers of a column: one for each row, or a single one that all rows have."""
        form, begin = self._place(column)
        size = (form or ALIGNED) * (self.rows if form else 1)
        return memoryview(self.numbers)[begin : begin + size].cast(_CODES[form or ALIGNED])  # type: ignore[call-overload, no-any-return]

    def column(self, column: int) -> Iterator[int]:
        """The numbers of a column, row by row."""
        stored = self.stored(column)
        return iter(stored) if len(stored) == self.rows else repeat(stored[0], self.rows)

    def _place(self, column: int) -> tuple[int, int]:
        """The form of the numbers of a column, and where they begin."""
        if self.forms[column] >= LIKE:
            column = self.forms[column] - LIKE
        return self.forms[column], sum(self._bytes(form) for form in self.forms[:column])

    def _bytes(self, form: int) -> int:
        if form >= LIKE:
            return 0
        return _filled(form * self.rows) if form else ALIGNED


def _filled(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


def join(rows: int, columns: Sequence[Stored]) -> Columns:
    """Columns of that many rows, one after the other."""
    parts = (part for _, data in columns for part in (data, bytes(-len(data) % ALIGNED)))
    return Columns(rows, bytes(form for form, _ in columns), b"".join(parts))


def constant(number: int) -> bytes:
    """What is stored of a column with that number in all rows."""
    return number.to_bytes(ALIGNED, "little")


def width(most: int) -> int:
    """Bytes that hold numbers up to this one."""
    return next(size for size in _CODES if not most >> 8 * size)


def pack(rows: int, columns: Iterable[Sequence[int]]) -> Columns:
    """Columns of that many numbers, as the core makes them."""
    made: list[Stored] = []
    seen: dict[Stored, int] = {}
    for at, numbers in enumerate(columns):
        one = _stored(numbers)
        like = seen.setdefault(one, at)
        made.append(one if like == at or like >= LIKE_COLUMNS else (LIKE + like, b""))
    return join(rows, made)


def _stored(numbers: Sequence[int]) -> tuple[int, bytes]:
    least, most = min(numbers, default=0), max(numbers, default=0)
    if least == most:
        return CONSTANT, constant(most)
    size = width(most)
    return size, array(_CODES[size], numbers).tobytes()
