# SPDX-License-Identifier: GPL-2.0-or-later
"""Long columns are worked on block by block: that takes little memory, and ends soon when the result is not wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.errors import VptopError

BLOCK = 1 << 16
"""Rows: half a megabyte of 64-bit numbers, worked on in less than a millisecond."""


class Abandoned(VptopError):  # noqa: N818 - a state of affairs, not a malfunction
    """The result is no longer wanted. Drop it; a newer question takes its place."""


def never() -> bool:
    """The result is wanted, however long it takes."""
    return False


def blocks(rows: int, abandoned: Callable[[], bool] = never, size: int = BLOCK) -> Iterator[slice]:
    """The blocks of a column, from the first row to the last.

    Raises:
        Abandoned: `abandoned` said so.
    """
    for begin in range(0, rows, size):
        if abandoned():
            raise Abandoned
        yield slice(begin, min(begin + size, rows))
