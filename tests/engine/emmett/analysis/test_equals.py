# SPDX-License-Identifier: GPL-2.0-or-later
"""`=` and `==`, one written for the other."""

from __future__ import annotations

import pytest

from engine.emmett import compile_emmett


@pytest.mark.parametrize(
    ("program", "mended"),
    [
        ("VMM1Hz { if (x = 1) x = 2; }", "VMM1Hz { if (x == 1) x = 2; }"),
        ("VMM1Hz { x = 1; x == 2; }", "VMM1Hz { x = 1; x = 2; }"),
        ("VMM1Hz { y = (x = 1) ? 2 : 3; }", "VMM1Hz { y = (x == 1) ? 2 : 3; }"),
        ("int f() { if (x = 1) return 1; else return 2; } VMM1Hz x = f();",
         "int f() { if (x == 1) return 1; else return 2; } VMM1Hz x = f();"),
    ],
)  # fmt: skip
def test_the_fix_writes_the_other(program: str, mended: str) -> None:
    compiled = compile_emmett(program)
    assert compiled.program is not None
    (found,) = compiled.diagnostics
    assert found.fix is not None
    start, end = found.fix.span.column - 1, found.fix.span.end_column - 1
    assert program[:start] + found.fix.text + program[end:] == mended


@pytest.mark.parametrize(
    "program",
    [
        "VMM1Hz { if (x == 1) x = 2; }",
        "VMM1Hz { if ((x = 1) == 1) y = 2; }",
        "VMM1Hz { x = y = 2; x += 1; }",
    ],
)
def test_what_is_meant_is_not_reported(program: str) -> None:
    assert [one.code for one in compile_emmett(program).diagnostics if one.code in ("W602", "W603")] == []


def test_a_macro_has_no_fix() -> None:
    program = "#define SET x = 1\nVMM1Hz { if (SET) x = 2; }"
    assert [(one.code, one.fix) for one in compile_emmett(program).diagnostics] == [("W602", None)]
