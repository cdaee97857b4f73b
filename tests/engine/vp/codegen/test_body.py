# SPDX-License-Identifier: GPL-2.0-or-later
"""Bodies: what is left out because its value is known or not used."""

from __future__ import annotations

import pytest

from engine.vp.codegen.disassemble import disassemble
from tests.engine.vp.compiling import body, program_of


def operations(expressions: str) -> list[str]:
    """The operations of a probe with these expressions."""
    listing = disassemble(program_of(body(expressions, "(definteger i)(defstring s)")), 8192)
    return [line.split()[1] for line in listing.splitlines() if line.strip()[:1].isdigit()]


@pytest.mark.parametrize("expressions", ["1", '"text"', "i", "s", "(+ 1 2)", "(cond (0 (logint 1)))", "(do 1 2)"])
def test_an_expression_without_effect_has_no_code(expressions: str) -> None:
    assert operations(expressions) == ["END"]


def test_a_register_is_read_even_if_its_value_is_not_used() -> None:
    assert operations("RIP") == ["VARIABLE", "DROP", "END"]


def test_constants_decide_branches() -> None:
    assert operations("(cond (1 (logint i)) (i (logint 2)))") == ["GET_INTEGER", "LOG_INTEGER", "DROP", "END"]
    assert "JUMP_ZERO" in operations("(cond (i (logint 1)))")


def test_a_cond_has_a_value_if_no_condition_is_true() -> None:
    assert operations('(logstr (cond (i "x")))').count("LITERAL") == 2
    assert operations("(logint (cond (i 300)))").count("INT8") == 1
