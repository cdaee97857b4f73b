# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers as people read them."""

from __future__ import annotations

import pytest

from vptop.ui.render import numbers


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (48_200, "48.2k"),
        (99_960, "100k"),
        (1_900_000, "1.9M"),
        (1 << 64, "18447P"),
    ],
)
def test_short_numbers(value, shown):
    assert numbers.short(value) == shown


def test_other_numbers():
    assert numbers.axis(512) == "512"
    assert numbers.axis(2048) == "2.05k"
    assert numbers.axis(0.5) == "0.5"
    assert numbers.axis(2_000_000) == "2M"
    assert numbers.counted(1, "row") == "1 row"
    assert numbers.counted(0, "process") == "0 processes"
    assert numbers.clock(3 * 3600 + 4 * 60 + 5.9) == "03:04:05"
    assert numbers.rate(1000.26) == "1000.3"
