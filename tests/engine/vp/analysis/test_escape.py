# SPDX-License-Identifier: GPL-2.0-or-later
"""Escape analysis: a string must outlive the function that returns it."""

from __future__ import annotations

import pytest

from engine.core.opcodes import Op
from engine.vp import Program
from engine.vp.codegen.disassemble import disassemble
from tests.engine.vp.compiling import program_of

WRITES = '(defun change (s) (do (sprintf s "%s!" s) s))'


def copies(program: Program) -> dict[str, int]:
    """Number of temporary strings in each body."""
    bodies = disassemble(program, 8192).split("\n\n")[1:]
    return {text.split(":")[0]: text.count(f" {Op.TEMPORARY.name} ") for text in bodies}


@pytest.mark.parametrize(
    ("call", "number"), [('(change "x")', 1), ("(change v)", 0), ("(change PROBENAME)", 1), ('(keep "x")', 0)]
)
def test_only_what_a_function_writes_to_is_copied(call: str, number: int) -> None:
    source = f"{WRITES}(defun keep (s) s)(defstring v)(vprobe VMM1Hz (logstr {call}))"
    assert copies(program_of(source))["vprobe VMM1Hz"] == number


def test_the_result_of_a_function_that_returns_its_own_copy_is_copied_by_each_caller() -> None:
    source = f'{WRITES}(defun inner () (change "x"))(defun outer () (inner))(vprobe VMM1Hz (logstr (outer)))'
    found = copies(program_of(source))
    assert (found["defun inner"], found["defun outer"], found["vprobe VMM1Hz"]) == (1, 1, 1)
