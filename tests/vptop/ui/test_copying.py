# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows as text, a few at a time."""

from __future__ import annotations

from itertools import count, repeat

from vptop.ui.copying import Copying
from vptop.ui.exporting import MOST_COPIED


def test_lines_are_drawn_turn_by_turn() -> None:
    copying = Copying(iter(["a", "b"]), "Rows", 2)
    turns = 1
    while not copying.go_on(-1.0):  # a turn of one line
        turns += 1
    assert (turns, copying.text, copying.is_too_long) == (3, "a\nb\n", False)


def test_drawing_ends_where_it_is_too_much() -> None:
    copying = Copying(repeat("x" * 1023), "Rows", 1)
    while not copying.go_on():
        pass
    assert copying.is_too_long
    assert copying.characters == MOST_COPIED + 1024


def test_more_rows_than_fit_are_not_drawn() -> None:
    drawn = count()
    copying = Copying((str(next(drawn)) for _ in repeat(None)), "Rows", MOST_COPIED)
    assert copying.go_on()
    assert copying.is_too_long
    assert next(drawn) == 0
