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


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0, "us", "0"),
        (740, "us", "740µs"),
        (999_600, "us", "1.00s"),
        (18_044, "us", "18.0ms"),
        (999, "ns", "999ns"),
        (9_994, "ns", "9.99µs"),
        (9_996, "ns", "10.0µs"),
        (99_960, "ns", "100µs"),
        (86_400, "s", "86400s"),
        (1 << 63, "s", "9223P"),
        (1536, "B", "1.50KiB"),
        (1023, "B", "1023B"),
        (3 << 20, "KiB", "3.00GiB"),
    ],
)
def test_values_in_the_unit_that_fits(value: int, unit: str, shown: str) -> None:
    assert numbers.scaled(value, unit).startswith(shown)
    assert len(numbers.scaled(value, unit)) <= numbers.SCALED_CELLS or value >= 10**15


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert [numbers.growth(ratio) for ratio in (-0.004, 0.0, -0.01)] == ["+0%", "+0%", "-1%"]
    assert [numbers.points(change) for change in (-0.0004, 0.0, -0.001)] == ["·", "·", "-0.1"]
