# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of an aggregate in an order."""

from __future__ import annotations

import numpy as np

from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.chosen import Chosen
from vptop.model.rows import Measured


def test_rows_are_unpacked_in_order_and_found_by_their_keys() -> None:
    data = aggregate([ones((at,), (f"p{at}",), at + 1) for at in range(4)])
    chosen = Chosen(Measured(which("a"), data, None, 1.0), np.array([3, 1], np.uint32))
    assert [row.raw for row in chosen] == [((3,), (b"p3",)), ((1,), (b"p1",))]
    assert chosen.summed().sums == (6, 6)
    assert chosen.find(((1,), (b"p1",)), 0) == chosen.find(((1,), (b"p1",)), 1) == 1
    assert chosen.find(((2,), (b"p2",)), 0) is None, "it did not pass the filter"
