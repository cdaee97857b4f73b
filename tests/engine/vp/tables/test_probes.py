# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the probe points, and the names that other engines have for them."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.vp.tables.probes import DYNAMIC, POINTS, canonical_name, dynamic_numbers, sample, usage


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
    ("name", "period"),
    [
        ("TIMER:10msec", 10_000), ("TIMER:2sec", 2_000_000), ("TIMER:7usec", 7), ("TIMER:7", None),
        ("TIMER:0sec", None),
        ("TIMER:5hours", None), ("TIMER:1.5sec", None),
    ],
)  # fmt: skip
def test_periods_are_in_microseconds(name: str, period: int | None) -> None:
    assert dynamic_numbers(POINTS["TIMER"], name) == (None if period is None else (period,))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("VMM:TIMER:5msec", "TIMER:5msec"), ("VMM:VMM1Hz", "VMM1Hz"), ("VMX0:VMXLoad", "VMXLoad"),
        ("GUEST_RET:0x1000", "GUEST:EXIT:0x1000"), ("GUEST:WRITE:0xb8000", "GUEST_WRITE:0xb8000"),
        ("VMX:TIMER:5msec", "VMX:TIMER:5msec"), ("VMX0:PROFILE:1sec", "VMX:TIMER:1sec"), ("TIMER:1sec", "TIMER:1sec"),
        ("VMM1:Guest_PF", "Guest_PF"), ("READ:0x10", "GUEST_READ:0x10"), ("GUEST1:ENTER:f", "GUEST:ENTER:f"),
        ("OFFSET:f:4", "GUEST:OFFSET:f:4"), ("GUEST:STEP:0x10", "GUEST:STEP:0x10"), ("GUEST:0x10", "GUEST:0x10"),
        ("VMM1Hz", "VMM1Hz"), ("VMM:Nothing", "VMM:Nothing"), ("VMM7:VMM1Hz", "VMM7:VMM1Hz"), ("nothing", "nothing"),
    ],
)  # fmt: skip
def test_names_of_all_generations(name: str, ours: str) -> None:
    assert canonical_name(name) == ours
