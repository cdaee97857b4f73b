# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the probe points, and the names that other engines have for them."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.vp.tables.probes import DYNAMIC, POINTS, current_name, dynamic_numbers, sample, usage


def test_every_point_of_the_core_has_a_name() -> None:
    named = {kind for row in POINTS.values() for kind in row.kinds}
    assert named == {*(point for point in Point if point < Point.FAULT0), *range(Point.FAULT0, Point.FAULT0 + 32)}


def test_samples_of_dynamic_points_are_names_of_them() -> None:
    for row in DYNAMIC:
        assert dynamic_numbers(row, sample(row)) is not None
        assert usage(row).count("<") == len(row.numbers)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("GUEST:0x7c00", (0x7C00,)), ("GUEST:31744", (0x7C00,)), ("GUEST:", None), ("GUEST:main", None),
        ("GUEST:-1", None), ("GUEST:0x1:2", None), ("GUEST:99999999999999999999", None),
    ],
)  # fmt: skip
def test_numbers_of_names(name: str, numbers: tuple[int, ...] | None) -> None:
    assert dynamic_numbers(POINTS["GUEST"], name) == numbers


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("VMM:TIMER:5msec", "USEC:5000"), ("VMM:VMM1Hz", "VMM1Hz"), ("VMX0:VMXLoad", "VMXLoad"),
        ("GUEST_RET:0x1000", "GUEST:EXIT:0x1000"), ("GUEST:WRITE:0xb8000", "GUEST_WRITE:0xb8000"),
        ("VMM1Hz", None), ("VMM:Nothing", None), ("nothing", None),
    ],
)  # fmt: skip
def test_names_of_other_engines(name: str, ours: str | None) -> None:
    assert current_name(name) == ours
