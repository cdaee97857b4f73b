# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that are read, assigned, or declared by their first use."""

from __future__ import annotations

from tests.engine.emmett.compiling import codes_of, vp_of


def definitions(program: str) -> list[str]:
    return [line for line in vp_of(program).splitlines() if line.startswith("(def")]


def test_the_first_use_declares() -> None:
    assert definitions('VMM1Hz { n = 1; s = "a"; a[s, n]++; b <- 1; getgueststr(t, 1); }') == [
        "(definteger n)", "(defstring s)", "(defaggr a 1 1)", "(defaggr b 0 0)", "(defstring t)",
    ]  # fmt: skip


def test_a_later_assignment_gives_the_type_of_an_earlier_read() -> None:
    assert definitions('VMM1Hz { t = s; s = "a"; logaggr(a); a["k"]++; }') == [
        "(defstring s)", "(defstring t)", "(defaggr a 0 1)",
    ]  # fmt: skip
    assert definitions("struct s { int a; }; VMM1Hz { x = p->a; p = (struct s *)RAX; }")[0] == "(definteger p)"


def test_what_is_never_assigned_is_reported() -> None:
    assert codes_of("VMM1Hz x = y;") == ["W601"]
    assert codes_of("int y; VMM1Hz x = y;") == []


def test_what_cannot_be_assigned_is_refused() -> None:
    assert codes_of("VMM1Hz { RAX = 1; RAX += 1; NULL = 2; }") == ["E623", "E623", "E623"]
    assert codes_of("VMM1Hz x = PRDA_ADDR;") == ["E631"]
