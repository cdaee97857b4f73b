# SPDX-License-Identifier: GPL-2.0-or-later
"""Units of values."""

from __future__ import annotations

import pytest

from vptop.model.units import converted, shown


@pytest.mark.parametrize(
    ("number", "given", "wanted", "expected"),
    [
        (1.5, "ms", "us", 1500),
        (250, "ns", "µs", 0.25),
        (2, "MiB", "B", 2097152),
        (1, "ms", "KiB", None),
        (1, "ms", "", None),
        (1, "parsecs", "us", None),
    ],
)
def test_numbers_are_converted_within_a_kind(number: float, given: str, wanted: str, expected: float | None) -> None:
    assert converted(number, given, wanted) == expected


def test_microseconds_are_shown_with_their_sign() -> None:
    assert [shown(name) for name in ("us", "ms", "")] == ["µs", "ms", ""]
