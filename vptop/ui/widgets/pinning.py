# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows that keep their places while their numbers change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

R = TypeVar("R")

MOST = 2000
"""Rows that can be pinned."""


class PinnedOrder(Generic[R]):
    """The order that rows had when it was made; rows that come later are added at the end."""

    def __init__(self, rows: Iterable[R], key: Callable[[R], Hashable]) -> None:
        self._key = key
        self._places: dict[Hashable, int] = {}
        self._rows: list[R] = []
        self._gone: set[Hashable] = set()
        self.arrange(rows)

    def arrange(self, rows: Iterable[R]) -> Sequence[R]:
        """Rows in their places; one that is gone keeps its place, as it was last seen."""
        gone = set(self._places)
        for row in rows:
            key = self._key(row)
            gone.discard(key)
            at = self._places.setdefault(key, len(self._rows))
            if at == len(self._rows):
                self._rows.append(row)
            else:
                self._rows[at] = row
        self._gone = gone
        return [*self._rows]

    def is_gone(self, row: R) -> bool:
        """Whether a row was not among those that were arranged last."""
        return self._key(row) in self._gone

    def find(self, key: Hashable) -> int | None:
        """The place of the row of that key."""
        return self._places.get(key)

    @property
    def gone(self) -> int:
        """How many rows are gone."""
        return len(self._gone)
