# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole programs: what is declared, memory models, bodies in order."""

from __future__ import annotations

from tests.engine.emmett.compiling import codes_of, vp_of


def test_the_order_is_that_of_the_original_compiler() -> None:
    program = """
        VMM1Hz { int l; l = f("a" + "b"); }
        string g; int f(string s) { int k; k = 1; return k; } Guest_PF x = 1;
    """
    assert [line.split(" (do")[0].split(" (set")[0] for line in vp_of(program).splitlines()] == [
        "(version 1.0)", "(defstring g)", "(definteger x)", "(defstring ~tmp1)", "(definteger ~flocal0:k)",
        "(definteger ~plocal0:l)", "(defun f (s)", "(vprobe VMM1Hz", "(vprobe Guest_PF",
    ]  # fmt: skip


def test_memory_models_hold_for_what_follows() -> None:
    program = "memmodel guest16; int *p; memmodel guest32 { long *q; } int *r; VMM1Hz x = *p + *q + *r;"
    masks = [word for word in vp_of(program).replace("(", " ").split() if word.isdigit() and len(word) > 3]
    assert masks == ["65535", "4294967295", "65535"]


def test_names_are_declared_once() -> None:
    assert codes_of("int x; string x; VMM1Hz y = 1;") == ["E615"]
    assert codes_of("int f() { return 1; } int f; VMM1Hz y = 1;") == ["E615"]
    assert codes_of("int x; VMM1Hz { int x; x = 1; }") == [], "locals may hide globals"
