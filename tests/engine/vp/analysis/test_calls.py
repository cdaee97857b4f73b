# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls against the functions and builtins that they name."""

from __future__ import annotations

import pytest

from engine.vp.diagnostics.diagnostic import Span
from tests.engine.vp.compiling import body, codes_of, diagnostic_of, program_of


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("(logint)", "logint takes 1 argument, none given"),
        ("(logint 1 2)", "logint takes 1 argument, 2 given"),
        ("(+ 1)", "+ takes at least 2 arguments, 1 given"),
        ("(% 1 2 3)", "% takes 2 arguments, 3 given"),
        ("(getguest 1 2)", "getguest takes 1 argument, 2 given"),
        ("(getgueststr s)", "getgueststr takes 2 or 3 arguments, 1 given"),
        ("(assert)", "assert takes at least 1 argument, none given"),
        ("(getsystemtime 1)", "getsystemtime takes no arguments, 1 given"),
        ("(f 1)", "f takes 2 arguments, 1 given"),
    ],
)
def test_counts_of_arguments(call: str, message: str) -> None:
    found = diagnostic_of(body(call, "(defstring s)(defun f (a b) (+ a b))"))
    assert (found.code, found.message) == ("E302", message)


@pytest.mark.parametrize("call", ["(- 1)", "(+ 1 2 3)", "(getgueststr s 1)", "(getgueststr s 9 1)", '(printf "")'])
def test_counts_that_are_allowed(call: str) -> None:
    program_of(body(call, "(defstring s)"))


def test_an_argument_too_many_that_belongs_to_the_next_line_is_marked_there() -> None:
    found = diagnostic_of("(vprobe VMM1Hz\n  (logint 1\n  (logint 2)))\n")
    assert (found.code, found.span) == ("E302", Span(3, 3, 3, 13))
    assert found.fix is not None


def test_a_target_must_be_a_variable_of_the_script() -> None:
    assert codes_of(body('(sprintf "text" "%d" 1)')) == ["E207"]
    assert codes_of(body('(sprintf PROBENAME "%d" 1)')) == ["E206"]
    assert codes_of(body('(sprintf i "%d" 1)', "(definteger i)")) == ["E301"]


def test_arguments_of_a_literal_format_are_checked_and_those_of_a_computed_one_are_not() -> None:
    assert codes_of(body('(printf "%d" "x")')) == ["E301"]
    assert codes_of(body("(printf s 1 2)", "(defstring s)")) == []


def test_missing_and_unused_arguments_of_a_format() -> None:
    missing, unused = diagnostic_of(body('(printf "%d %s" 1)')), diagnostic_of(body('(printf "%d" 1 2)'))
    assert (missing.code, missing.message) == ("E303", "missing argument for `%s`")
    assert missing.notes == ("the format takes 2 arguments, 1 given",)
    assert (unused.code, unused.message) == ("W303", "unused argument: the format takes 1 argument")


def test_a_width_or_precision_is_named() -> None:
    missing, wrong = diagnostic_of(body('(printf "%d %*d" 1)')), diagnostic_of(body('(printf "%.*s" "x" "x")'))
    assert missing.message == "missing width for `%*d`"
    assert wrong.message == "the precision of `%.*s` must be an integer, found a string"


def test_a_function_decides_the_type_of_its_parameters() -> None:
    found = diagnostic_of("(vprobe VMM1Hz (f 1))\n(defun f (s) (logstr s))\n")
    assert found.message == "parameter s of f must be a string, found an integer"
    assert found.notes == ("a string is required by argument 1 of logstr at a.vp:2:22",)
