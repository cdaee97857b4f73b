# SPDX-License-Identifier: GPL-2.0-or-later
"""ORC tables as they are in memory."""

from __future__ import annotations

import struct

import pytest

from engine.guest.linux.orc import OrcForm, OrcTable

BASE = 0xFFFFFFFF82000000


def entries(kinds: list[int]) -> bytes:
    return b"".join(struct.pack("<hhBB", 8, 0, 5, kind) for kind in kinds)


@pytest.mark.parametrize(
    ("kinds", "form"),
    [([0, 0, 1, 0], OrcForm.OLD), ([2, 2, 3, 0, 2], OrcForm.SINCE_6_4), ([0] * 3 + [2], OrcForm.OLD)],
)
def test_the_form_shows_in_the_entries_of_calls(kinds: list[int], form: OrcForm) -> None:
    table = OrcTable.of(BASE, bytes(4 * len(kinds)), entries(kinds))
    assert table is not None
    assert table.form is form
    assert len(table.entries) == 6 * len(kinds)


def test_large_tables_are_sampled() -> None:
    kinds = [2] * 50_000 + [0] * 10_000
    table = OrcTable.of(BASE, bytes(4 * len(kinds)), entries(kinds))
    assert table is not None
    assert table.form is OrcForm.SINCE_6_4


@pytest.mark.parametrize(("words", "rows"), [(0, 0), (2, 1), (1, 2)])
def test_an_empty_table_and_one_that_is_cut_off_are_none(words: int, rows: int) -> None:
    assert OrcTable.of(BASE, bytes(4 * words), entries([0] * rows)) is None


def test_a_moved_table_is_the_same_elsewhere() -> None:
    table = OrcTable.of(BASE, bytes(8), entries([0, 1]))
    assert table is not None
    moved = table.moved(0x1000)
    assert moved.address == BASE + 0x1000
    assert (moved.words, moved.entries, moved.form) == (table.words, table.entries, table.form)
