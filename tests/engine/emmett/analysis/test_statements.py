# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements become expressions."""

from __future__ import annotations

import pytest

from tests.engine.emmett.compiling import body_of, codes_of, vp_of


@pytest.mark.parametrize(
    ("code", "vp"),
    [
        ("{ }", "1"), ("{ ; }", "1"), ("{ x = 1; }", "(setint x 1)"), ("if (RAX) x = 1;", "(cond (RAX (setint x 1)))"),
        ("if (RAX) x = 1; else if (RBX) x = 2; else ;", "(cond (RAX (setint x 1)) (RBX (setint x 2)) (1 1))"),
        ("if (RAX) { x = 1; y = 2; }", "(cond (RAX (do (setint x 1) (setint y 2))))"),
    ],
)  # fmt: skip
def test_statements(code: str, vp: str) -> None:
    assert body_of(f"VMM1Hz {code}") == vp


def test_returns_stand_at_the_end_of_each_way() -> None:
    function = "int f(int n) { x = n; if (n) return 1; else { x = 2; return n; } } VMM1Hz y = f(1);"
    assert "(defun f (n) (do (setint x n) (cond (n 1) (1 (do (setint x 2) n)))))" in vp_of(function)
    assert codes_of("int f() { x = 1; } VMM1Hz y = f();") == ["E628"]
    assert codes_of("int f() { return 1; x = 1; } VMM1Hz y = f();") == ["E628", "E628"]


def test_initial_values_are_constant() -> None:
    assert "(definteger ~plocal0:n -1)" in vp_of("VMM1Hz { int n = 2 - 3; x = n; }")
    assert codes_of("VMM1Hz { int n = RAX; x = n; }") == ["E614"]


def test_try_becomes_the_form_of_vp() -> None:
    assert body_of("VMM1Hz { try { x = 1; y = 2; } catch { x = 2; } }") == (
        "(try (do (setint x 1) (setint y 2)) (setint x 2))"
    )
    function = "int f(int n) { try { return 1 / n; } catch { y = 1; return 2; } } VMM1Hz y = f(1);"
    assert "(defun f (n) (try (/ 1 n) (do (setint y 1) 2)))" in vp_of(function)
    assert codes_of("int f(int n) { try { return n; } catch { y = 1; } } VMM1Hz y = f(1);") == ["E628"]


def test_the_error_that_was_caught_has_a_name_and_a_description() -> None:
    assert body_of("VMM1Hz printf(excname());") == "(printf EXCNAME)"
    assert body_of('VMM1Hz { s = "a"; s = excdesc(); }') == '(do (setstr s "a") (setstr s EXCDESC))'
    assert codes_of("VMM1Hz printf(excname(1));") == ["E622"]
