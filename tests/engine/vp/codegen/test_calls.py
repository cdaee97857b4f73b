# SPDX-License-Identifier: GPL-2.0-or-later
"""Code of calls."""

from __future__ import annotations

from engine.vp.codegen.disassemble import disassemble
from tests.engine.vp.compiling import body, program_of
from tests.engine.vp.oracle.players import play_in_core
from tests.engine.vp.oracle.scene import parse_scene


def operations(expressions: str, definitions: str = "(definteger i)(defstring s)") -> list[str]:
    """The operations of the probe, with their operands."""
    listing = disassemble(program_of(body(expressions, definitions)), 8192).split("vprobe VMM1Hz: ")[1]
    lines = [
        line.split(maxsplit=1)[1] for line in listing.splitlines() if line.startswith("  ") and "; a.vp" not in line
    ]
    found = [" ".join(line.split()) for line in lines]
    return found[: -len(["DROP", "END"])]


def test_an_operator_with_many_operands_is_applied_from_the_left() -> None:
    assert operations("(logint (- i i i))")[:5] == ["GET_INTEGER i", "GET_INTEGER i", "SUB", "GET_INTEGER i", "SUB"]


def test_an_operator_with_one_operand_has_an_operation_of_its_own() -> None:
    assert operations("(logint (- i))")[:2] == ["GET_INTEGER i", "NEG"]


def test_an_argument_that_is_left_out_has_its_default() -> None:
    assert operations("(getgueststr s i)") == ["GET_STRING s", "INT32 255", "GET_INTEGER i", "GETGUESTSTR"]
    assert operations("(getgueststr s 9 i)") == ["GET_STRING s", "INT8 9", "GET_INTEGER i", "GETGUESTSTR"]


def test_a_format_carries_the_number_of_arguments_and_which_are_strings() -> None:
    assert operations('(printf "%d%s%s" i s s)')[-1] == "PRINTF 3 6"


def test_a_logical_operator_leaves_at_the_deciding_operand() -> None:
    found = operations("(logint (&& i i))")
    assert [name.split()[0] for name in found[:6]] == [
        "GET_INTEGER",
        "JUMP_ZERO",
        "GET_INTEGER",
        "BOOL",
        "JUMP",
        "INT8",
    ]


def test_a_string_that_a_function_writes_to_is_copied_first() -> None:
    definitions = "(defun f (s) (setstr s s))(defstring v)"
    assert operations('(f "x")', definitions) == ['LITERAL "x"', "TEMPORARY 1", "CALL f"]
    assert operations("(f v)", definitions) == ["GET_STRING v", "CALL f"]


SCENE = ";; fire: VMM1Hz ARG0=0\n;; fire: VMM1Hz ARG0=7\n"


def printed(body_text: str) -> str:
    """What the core prints for a probe that fires with ARG0 0 and 7."""
    source = f'{SCENE}(vprobe VMM1Hz\n  {body_text}\n  (logstr "on\\n"))\n'
    return play_in_core(source, parse_scene(source)).log.decode()


def test_an_assertion_that_fails_prints_its_place_and_ends_the_firing() -> None:
    assert printed("(assert ARG0)") == "script.vp:4: assertion failed\non\n"
    failed = printed('(assert (> ARG0 3) "%d of %s" ARG0 PROBENAME)')
    assert failed == "script.vp:4: assertion failed: 0 of VMM1Hz\non\n"


def test_an_assertion_that_holds_is_1_and_prints_nothing() -> None:
    assert printed('(printf "%d\\n" (assert 1 "never"))') == "1\non\n1\non\n"
