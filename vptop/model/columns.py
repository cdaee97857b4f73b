# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of an aggregate as arrays. They stay as narrow as the Frame brings them; what is read of them is wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import EllipsisType
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.columns import CONSTANT, LIKE, LIKE_COLUMNS, Columns, Stored, constant, join, width
from engine.probes.frame import VALUES, AggregateData
from vptop.model.cached import cached

Number = TypeVar("Number", np.uint32, np.uint64)
Rows = slice | npt.NDArray[np.integer] | npt.NDArray[np.bool_] | EllipsisType
Stores = npt.NDArray[np.unsignedinteger]
Integers = npt.NDArray[np.uint64]


class Table(Generic[Number]):
    """Columns side by side. It is read as an array of rows and columns, and gives copies, as wide numbers."""

    def __init__(self, columns: Columns, which: range, number: type[Number]) -> None:
        self._columns = columns
        self._which = which
        self._number: type[Number] = number
        self._stored: dict[int, Stores] = {}

    def stored(self, column: int) -> Stores:
        """A column as narrow as it is stored, to be read."""
        if (known := self._stored.get(column)) is None:
            known = np.asarray(self._views[column])
            if len(known) != self._columns.rows:
                known = np.broadcast_to(known, self._columns.rows)
            self._stored[column] = known
        return known

    def number(self, row: int, column: int) -> int:
        """One number."""
        view = self._views[column]
        return int(view[row if len(view) > 1 else 0])

    def row(self, row: int) -> list[int]:
        """All numbers of a row."""
        return [view[row if len(view) > 1 else 0] for view in self._views]

    @cached
    def _views(self) -> list[memoryview]:
        """What is stored of each column: single numbers are read from it in half the time."""
        return [*map(self._columns.stored, self._which)]

    def __getitem__(self, at: tuple[Rows, int] | tuple[Rows, Sequence[int]] | Rows) -> npt.NDArray[Number]:
        rows, chosen = at if isinstance(at, tuple) else (at, range(len(self._which)))
        if isinstance(chosen, int):
            return self._read(rows, chosen)
        return np.stack([self._read(rows, column) for column in chosen], axis=-1)

    def _read(self, rows: Rows, column: int) -> npt.NDArray[Number]:
        wide: npt.NDArray[Number] = self.stored(column)[rows].astype(self._number)
        return wide


def integers_of(data: AggregateData) -> Table[np.uint64]:
    """The integer keys of each row."""
    return Table(data.columns, range(data.integer_keys), np.uint64)


def offsets_of(data: AggregateData) -> Table[np.uint32]:
    """Places in the arena of the string keys of each row."""
    return Table(data.columns, range(data.integer_keys, data.keys), np.uint32)


def values_of(data: AggregateData) -> Table[np.uint64]:
    """VALUES of each row."""
    return Table(data.columns, range(data.keys, data.keys + VALUES), np.uint64)


def pack(rows: int, columns: Iterable[Stores]) -> Columns:
    """Columns of that many numbers, as the core makes them. Each is asked for when the one before it is narrow."""
    narrow = [*map(_narrow, columns)]
    made: list[Stored] = []
    for at, one in enumerate(narrow):
        like = next((n for n in range(min(at, LIKE_COLUMNS)) if made[n][0] < LIKE and _alike(narrow[n], one)), at)
        made.append((LIKE + like, b"") if like != at else _stored(one))
    return join(rows, made)


def _narrow(numbers: Stores) -> Stores:
    least, most = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    return np.array([most], np.uint64) if least == most else numbers.astype(f"<u{width(most)}")


def _alike(a: Stores, b: Stores) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b)


def _stored(numbers: Stores) -> Stored:
    if len(numbers) == 1:
        return CONSTANT, constant(int(numbers[0]))
    return numbers.dtype.itemsize, numbers.data.cast("B")
