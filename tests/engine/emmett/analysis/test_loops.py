# SPDX-License-Identifier: GPL-2.0-or-later
"""Loops are written out."""

from __future__ import annotations

import pytest

from tests.engine.emmett.compiling import body_of, codes_of


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("i = 0; i < 2; i++", [0, 1, 2]), ("i = 3; i >= 1; i -= 2", [3, 1, -1]), ("i = 5; i != 7; ++i", [5, 6, 7]),
        ("i = 1 + 1; i <= 1 << 2; i = i + 2", [2, 4, 6]), ("i = 2; i > 0; i--", [2, 1, 0]), ("i = 0; i < 0; i++", [0]),
    ],
)  # fmt: skip
def test_turns(head: str, values: list[int]) -> None:
    if values[-1] == -1:
        values = []  # 1 - 2 wraps around, so this loop does not end
        assert codes_of(f"VMM1Hz for ({head}) a++;") == ["E629"]
        return
    wanted = " (aggr a () () 1) ".join(f"(setint i {value})" for value in values)
    assert body_of(f"VMM1Hz for ({head}) a++;") == (f"(do {wanted})" if len(values) > 1 else wanted)


def test_loops_that_cannot_be_written_out_are_refused() -> None:
    assert codes_of("VMM1Hz for (i = 0; i < 2000; i++) a++;") == ["E629"]
    assert codes_of("VMM1Hz for (i = 0; i < 2; i++) i = 0;") == ["E629"]
    assert codes_of("void f() { i = 1; } VMM1Hz for (i = 0; i < 2; i++) f();") == ["E629"]
