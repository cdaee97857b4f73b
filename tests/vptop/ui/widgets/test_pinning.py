# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows that keep their places."""

from __future__ import annotations

from vptop.ui.widgets.pinning import PinnedOrder


def test_rows_keep_their_places_and_new_ones_come_last() -> None:
    pinned = PinnedOrder([("b", 1), ("a", 2)], lambda row: row[0])
    assert pinned.arrange([("c", 9), ("a", 5), ("b", 3)]) == [("b", 3), ("a", 5), ("c", 9)]
    assert pinned.gone == 0
    assert pinned.arrange([("c", 1), ("a", 7)]) == [("b", 3), ("a", 7), ("c", 1)]
    assert pinned.is_gone(("b", 3))
    assert not pinned.is_gone(("a", 7))
    assert (pinned.gone, pinned.find("c"), pinned.find("d")) == (1, 2, None)
