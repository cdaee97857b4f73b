# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of probe points: static, dynamic, of other engines, and wrong ones."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.vp import compile_script
from engine.vp.program import ProbePoint
from tests.engine.vp.compiling import diagnostic_of


def point_of(name: str) -> ProbePoint:
    program = compile_script(f"(vprobe {name} 1)", "a.vp").program
    assert program is not None
    return program.probes[0].point


@pytest.mark.parametrize(
    ("name", "kinds", "where", "extra"),
    [
        ("VMM1Hz", (Point.VMM1HZ,), 0, 0),
        ("Guest_PF", (Point.FAULT0 + 14,), 0, 0),
        ("USEC:1000", (Point.USEC,), 1000, 0),
        ("GUEST:0x7c00", (Point.GUEST_EXEC,), 0x7C00, 0),
        ("GUEST_WRITE:753664", (Point.GUEST_WRITE,), 0xB8000, 0),
        ("GUEST:OFFSET:0x1000:16", (Point.GUEST_OFFSET,), 0x1000, 16),
    ],
)
def test_points_and_their_numbers(name: str, kinds: tuple[int, ...], where: int, extra: int) -> None:
    found = point_of(name)
    assert (found.kinds, found.where, found.extra) == (kinds, where, extra)


@pytest.mark.parametrize(
    ("name", "kind", "where"),
    [
        ("VMM:VMM1Hz", Point.VMM1HZ, 0), ("VMM:TIMER:10msec", Point.USEC, 10_000),
        ("VMX:TIMER:10msec", Point.VMX_USEC, 10_000), ("GUEST:WRITE:4096", Point.GUEST_WRITE, 4096),
        ("GUEST_RET:0x10", Point.GUEST_EXIT, 16),
    ],
)  # fmt: skip
def test_names_of_other_generations_are_kept_as_written(name: str, kind: int, where: int) -> None:
    found = point_of(name)
    assert (found.name, found.kinds, found.where) == (name, (kind,), where)


def test_the_reserved_vectors_are_one_probe() -> None:
    vectors = [kind - Point.FAULT0 for kind in point_of("Guest_RESERVED_FAULT").kinds]
    assert vectors == [9, 15, *range(20, 32)]


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("Guest_PQ", "E208", "unknown probe Guest_PQ"),
        ("guest:0x1000", "E208", "unknown probe guest:0x1000"),
        ("GUEST", "E211", "invalid probe name GUEST"),
        ("GUEST:", "E211", "unexpected space in probe name"),
        ("USEC:0", "E211", "invalid probe name USEC:0"),
        ("TIMER:5hours", "E211", "invalid probe name TIMER:5hours"),
        ("VMM:nothing", "E208", "unknown probe VMM:nothing"),
        ("VMK:VMK1Hz", "E209", "unknown probe VMK:VMK1Hz: this machine has no VMkernel"),
        ("GUEST:0x" + "0" * 60, "E205", "the probe name is too long: 68 bytes"),
    ],
)
def test_wrong_names(name: str, code: str, message: str) -> None:
    found = diagnostic_of(f"(vprobe {name} 1)")
    assert (found.code, found.message) == (code, message)
