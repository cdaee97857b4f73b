# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols in names of probes."""

from __future__ import annotations

import pytest

from tests.engine.emmett.compiling import codes_of, vp_of


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("GUEST:main", "GUEST:0x1000"), ("GUEST_WRITE:main", "GUEST_WRITE:0x1000"),
        ("GUEST_RET:main", "GUEST_RET:0x1000"),
        ("GUEST:ENTER:main", "GUEST:ENTER:0x1000"), ("GUEST:OFFSET:main:0x8", "GUEST:OFFSET:0x1000:0x8"),
        ("STEP:main", "STEP:0x1000"), ("GUEST0:EXIT:main", "GUEST0:EXIT:0x1000"), ("GUEST:0x7c00", "GUEST:0x7c00"),
        ("USEC:5", "USEC:5"), ("VMM:TIMER:5msec", "VMM:TIMER:5msec"),
    ],
)  # fmt: skip
def test_symbols_become_addresses(written: str, point: str) -> None:
    assert vp_of(f"{written} x = 1;").splitlines()[-1] == f"(vprobe {point} (setint x 1))"


def test_unknown_symbols_and_too_many_parameters_are_refused() -> None:
    assert codes_of("GUEST:mian x = 1;") == ["E627"]
    assert codes_of("GUEST:EXIT:main (int a, int b) x = a;") == ["E622"]
