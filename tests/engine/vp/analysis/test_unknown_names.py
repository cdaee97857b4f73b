# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that are not defined, or not what is required."""

from __future__ import annotations

import pytest

from engine.vp import compile_script
from tests.engine.vp.compiling import body, codes_of, diagnostic_of

DEFINITIONS = "(definteger counter)(defaggr hits 0 0)(defbag starts 4)(defun twice (n) (+ n n))"


@pytest.mark.parametrize(
    ("expression", "code", "fix"),
    [
        ("(logint countr)", "E201", "counter"),
        ("(logint rip)", "E201", "RIP"),
        ("(logstr windows)", "E201", '"windows"'),
        ("(twise 1)", "E202", "twice"),
        ("(-RIP 1)", "E202", "- RIP"),
        ("(print 1)", "E202", "printf"),
        ("(logint twice)", "E207", "(twice)"),
        ("(logaggr hit)", "E201", "hits"),
    ],
)
def test_the_nearest_name_is_offered_as_a_fix(expression: str, code: str, fix: str) -> None:
    found = diagnostic_of(body(expression, DEFINITIONS))
    assert found.code == code
    assert found.fix is not None
    assert found.fix.text == fix


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("(logint 0x)", "E201", "invalid number 0x"),
        ("(logint 1.5)", "E201", "invalid number 1.5"),
        ("(++ counter)", "E202", "VP has no operator ++"),
        ("(logint hits)", "E207", "hits is an aggregate, not a value"),
        ("(logint cond)", "E207", "cond is the name of a form and must follow `(`"),
        ("(logaggr starts)", "E207", "starts is a bag"),
        ("(if counter 1)", "E202", "unknown ident if"),
    ],
)
def test_other_names_are_explained(expression: str, code: str, message: str) -> None:
    found = diagnostic_of(body(expression, DEFINITIONS))
    assert (found.code, found.message, found.fix) == (code, message, None)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("(agr hits (RIP) ((curprocname)) 1)", ["agr"]),
        ('(foo (1 2) ("x") (cond 1))', ["foo"]),
        ("(foo (bar 1) (+ 1 conter))", ["foo", "conter"]),
        ("(foo (logins 1))", ["foo", "logins"]),
    ],
)
def test_arguments_of_an_unknown_function_are_not_judged_by_their_shape(expression: str, named: list[str]) -> None:
    found = compile_script(body(expression, DEFINITIONS), "a.vp").diagnostics
    assert [one.message for one in found] == [f"unknown ident {name}" for name in named]


@pytest.mark.parametrize("call", ["(baginsrt 1)", "(inserting 1)", "(twise 1 2)", "(logstrs 1 2)"])
def test_no_fix_is_offered_for_a_name_that_is_far_or_takes_other_arguments(call: str) -> None:
    found = diagnostic_of(body(call, DEFINITIONS))
    assert (found.code, found.fix) == ("E202", None)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("(getvmw 1)", "getvmw does not exist in this machine: this machine has no monitor whose memory could be read"),
        (
            "(logint PTSC)",
            "PTSC does not exist in this machine: TSC is the pseudo time stamp counter since VP 1.0; use it instead",
        ),
    ],
)
def test_names_of_other_generations_say_why_they_are_not_here(expression: str, why: str) -> None:
    found = diagnostic_of(body(expression))
    assert (found.code, found.message) == ("E209", why)


def test_uses_of_a_definition_that_was_reported_are_not_reported() -> None:
    assert codes_of("(defaggr a)\n(definteger 1)\n(vprobe VMM1Hz (logaggr a))") == ["E107", "E107"]


@pytest.mark.parametrize(
    ("expression", "definition"),
    [
        ("(gueststack frames)", "(defstring frames)"),
        ("(guestmapping place RIP)", "(defstring place)"),
        ('(setstr text "a")', "(defstring text)"),
        ("(setint total 1)", "(definteger total)"),
    ],
)
def test_a_variable_that_is_written_but_not_defined_is_defined_by_the_fix(expression: str, definition: str) -> None:
    source = f"; what it does\n(vprobe VMM1Hz\n  {expression})\n"
    found = diagnostic_of(source)
    assert found.fix is not None
    assert (found.code, found.fix.title) == ("E201", f"define it: {definition}")
    lines = source.split("\n")
    at = found.fix.span
    assert (at.line, at.column, at.end_line, at.end_column) == (2, 1, 2, 1)
    mended = "\n".join([lines[0], found.fix.text + lines[1], *lines[2:]])
    assert codes_of(mended) == []


def test_loops_of_other_languages_are_said_not_to_exist() -> None:
    assert diagnostic_of(body("(while 1 (logint 1))")).notes == ("VP has no loops",)


def test_a_near_variable_comes_before_a_definition() -> None:
    found = diagnostic_of(body("(setint totl 1)", "(definteger total)"))
    assert found.fix is not None
    assert found.fix.text == "total"
