# SPDX-License-Identifier: GPL-2.0-or-later
"""Definitions: names that are taken, reserved or too long, and sizes that are out of range."""

from __future__ import annotations

import pytest

from engine.vp import Limits
from tests.engine.vp.compiling import codes_of, diagnostic_of, program_of

PROBE = "(vprobe VMM1Hz 1)\n"


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("(definteger a)(defstring a)", "E203"), ("(definteger printf)", "E203"), ("(defun f (x x) 1)", "E203"),
        ("(definteger COUNT)", "E204"), (f"(definteger {'x' * 64})", "E205"), ("(defaggr a 256 0)", "E406"),
        ("(defbag b 0)", "E406"), ("(defbag b 100000)", "W305"), (f'(defstring s "{"x" * 256}")', "E403"),
        ("(version 2.0)", "E501"), ("(version 0.2)", "W501"), ("(version 1.9)", "W502"), ("(version one)", "E107"),
        (f"(defun f ({' '.join(f'p{n}' for n in range(33))}) 1)", "E404"),
    ],
)  # fmt: skip
def test_definitions_that_are_wrong(definition: str, code: str) -> None:
    assert codes_of(definition + PROBE) == [code]


@pytest.mark.parametrize(
    "definition",
    [
        f"(definteger {'x' * 63})", "(definteger ~PID)", "(definteger tsc-start)", "(definteger nt!Process)",
        "(defun add (a b) (+ a b))", f'(defstring s "{"x" * 255}")', "(defaggr a 255 255)", "(defbag b 512)",
        "(definteger x1)(defun f (x1) x1)",
    ],
)  # fmt: skip
def test_definitions_that_are_right(definition: str) -> None:
    program_of(definition + PROBE)


def test_the_limit_of_probes_counts_those_of_other_scripts() -> None:
    assert codes_of(PROBE * 32) == []
    assert diagnostic_of(PROBE * 33).code == "E401"
    found = diagnostic_of(PROBE * 3, Limits(armed=30))
    assert found.message == "too many probes: this is number 33, 30 of them in other scripts"


def test_definitions_are_numbered_in_order() -> None:
    program = program_of('(definteger b 2)(definteger a 1)(defstring s "x")(defaggr q 1 2)(defbag g 3)' + PROBE)
    assert program.integers == (("b", 2), ("a", 1))
    assert [(name, program.literals[number]) for name, number in program.strings] == [("s", b"x")]
    assert [(info.name, info.integer_keys, info.string_keys) for info in program.aggregates] == [("q", 1, 2)]
    assert [(bag.name, bag.capacity) for bag in program.bags] == [("g", 3)]
