# SPDX-License-Identifier: GPL-2.0-or-later
"""Code of the forms that are no calls."""

from __future__ import annotations

import pytest

from engine.vp.codegen.disassemble import disassemble
from tests.engine.vp.compiling import body, program_of

DEFINITIONS = "(definteger i)(defstring s)(defaggr a 1 1)(defbag b 4)"


@pytest.mark.parametrize(
    ("expression", "operations"),
    [
        ("(setint i 7)", ["INT8 7", "SET_INTEGER i"]),
        ('(setstr s "x")', ["GET_STRING s", 'LITERAL "x"', "COPY_STRING"]),
        ("(aggr a (i) (s) 1)", ["GET_INTEGER i", "GET_STRING s", "INT8 1", "AGGREGATE a"]),
        ("(logaggr a)", ["LOG_AGGREGATE a"]),
        ("(clearaggr a)", ["CLEAR_AGGREGATE a"]),
        ("(baginsert b 1 2)", ["INT8 1", "INT8 2", "BAG_INSERT b"]),
        ("(bagremove b 1)", ["INT8 1", "BAG_REMOVE b"]),
        ("(logstr PROBENAME)", ["PROBENAME", "LOG_STRING"]),
        ("(logint CR3)", ["VARIABLE CR3", "LOG_INTEGER"]),
        ("(logint (do 1 i))", ["GET_INTEGER i", "LOG_INTEGER"]),
    ],
)
def test_each_form(expression: str, operations: list[str]) -> None:
    listing = disassemble(program_of(body(expression, DEFINITIONS)), 8192)
    lines = [" ".join(line.split()[1:]) for line in listing.splitlines() if line.strip()[:1].isdigit()]
    assert lines == [*operations, "DROP", "END"]


def test_parameters_are_slots_of_the_function() -> None:
    program = program_of("(defun f (a b) (setint b a))\n(vprobe VMM1Hz (f 1 2))\n")
    assert "GET_LOCAL       0" in disassemble(program, 8192)
    assert "SET_LOCAL       1" in disassemble(program, 8192)
