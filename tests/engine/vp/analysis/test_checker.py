# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of every form."""

from __future__ import annotations

import pytest

from tests.engine.vp.compiling import body, codes_of, diagnostic_of, program_of

DEFINITIONS = "(definteger i)(defstring s)(defaggr a 1 1)(defbag b 4)"


@pytest.mark.parametrize(
    "expression",
    [
        "(setint i (setstr s (cond (i s))))", "(aggr a (i) (s) (setint i 1))", "(logint (baginsert b i 2))",
        "(logint (bagremove b 1))", "(logint (logaggr a))", "(do (logstr s) (clearaggr a))", "(cond (i 1) (1 s))",
    ],
)  # fmt: skip
def test_forms_that_are_right(expression: str) -> None:
    program_of(body(expression, DEFINITIONS))


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("(setint i s)", "E301"), ("(setint s 1)", "E301"), ("(setint RIP 1)", "E206"), ("(setint nothing 1)", "E201"),
        ("(aggr a (s) (s) 1)", "E301"), ("(aggr a (1) () 1)", "E305"), ("(aggr b () () 1)", "E207"),
        ("(logaggr nothing)", "E201"), ("(baginsert b s 1)", "E301"), ("(bagremove i 1)", "E207"),
        ("(logint (cond (i 1) (1 s)))", "E306"), ("(cond (s 1))", "E301"), ("(logint VMCB_EXITCODE)", "E210"),
    ],
)  # fmt: skip
def test_forms_that_are_wrong(expression: str, code: str) -> None:
    assert codes_of(body(expression, DEFINITIONS)) == [code]


def test_a_recursive_function_has_one_type() -> None:
    program_of("(defun f (n) (cond (n (f (- n 1))) (1 n)))\n(vprobe VMM1Hz (logint (f 3)))\n")


def test_a_result_of_two_types_is_reported_where_it_is_used() -> None:
    source = '(defun f () (cond (RAX 1) (1 "x")))\n(vprobe VMM1Hz (f))\n'
    program_of(source)
    found = diagnostic_of(source.replace("(f))", "(logint (f)))"))
    assert (found.code, found.span.line) == ("E306", 2)


def test_keys_are_counted_by_type() -> None:
    found = diagnostic_of(body('(aggr a (1 2) ("x") 1)', DEFINITIONS))
    assert found.message == "a takes 1 integer key and 1 string key; 2 integer keys and 1 string key given"
    assert found.expected == "(aggr a (INTEGER) (STRING) VALUE)"
