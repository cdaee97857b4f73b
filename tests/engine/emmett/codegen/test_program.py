# SPDX-License-Identifier: GPL-2.0-or-later
"""Definitions of VP."""

from __future__ import annotations

from tests.engine.emmett.compiling import vp_of


def test_each_kind_of_variable_is_defined() -> None:
    program = 'int a; int b = -5; string c; string d = "x\\n"; aggr e[2][1]; bag f; bag g[3]; void *h; VMM1Hz a = 1;'
    assert vp_of(program).splitlines()[1:-1] == [
        "(definteger a)", "(definteger b -5)", "(defstring c)", '(defstring d "x\\n")', "(defaggr e 2 1)",
        "(defbag f 256)", "(defbag g 3)", "(definteger h)",
    ]  # fmt: skip


def test_functions_without_parameters_have_an_empty_list() -> None:
    assert "(defun f () 5)" in vp_of("int f(void) { return 5; } VMM1Hz x = f();")
