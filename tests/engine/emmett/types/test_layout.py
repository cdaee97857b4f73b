# SPDX-License-Identifier: GPL-2.0-or-later
"""Where members are, compared with what a C compiler does with the same structures (x86-64, System V)."""

from __future__ import annotations

import pytest

from engine.emmett import translate
from engine.emmett.types.layout import Layout, LayoutError
from engine.emmett.types.models import DEFAULT
from engine.emmett.types.types import IntegerType
from engine.vp.diagnostics.source import SourceText


def number(code: str) -> int:
    result = translate([SourceText("a", code)])
    assert result.vp is not None, result.diagnostics
    return int(result.vp.text.rsplit("(setint x ", 1)[1].split(")")[0])


@pytest.mark.parametrize(
    ("members", "size", "offset"),
    [
        ("char a; int m;", 8, 4),
        ("char a; short b; char m;", 6, 4),
        ("long a; char m;", 16, 8),
        ("char a[3]; struct { short b; char c; } m; char d;", 10, 4),
        ("int a : 3; int b : 5; char m;", 4, 1),
        ("int a : 30; int b : 5; char m;", 8, 5),
        ("char a : 4; char b : 5; char m;", 3, 2),
        ("int a : 3; int : 0; char m;", 8, 4),
        ("union { char c; long l; }; char m;", 16, 8),
        ("void *p; char *q[2]; int m;", 32, 24),
        ("@0x10 char a; int m;", 24, 20),
        ("char a; @0x10 int m; @4 short b;", 20, 16),
    ],
)
def test_members_are_where_c_has_them(members: str, size: int, offset: int) -> None:
    assert number(f"struct s {{ {members} }} *p; VMM1Hz x = sizeof(struct s);") == size
    assert number(f"struct s {{ {members} }} *p; VMM1Hz x = &((struct s *)0)->m;") == offset


def test_a_union_is_as_large_as_its_largest_member() -> None:
    assert number("union u { char a[5]; short b; }; VMM1Hz x = sizeof(union u);") == 6


def test_bit_fields_are_shifted_and_masked() -> None:
    code = "struct s { int a : 3; int b : 5; } *p; VMM1Hz x = p->b;"
    result = translate([SourceText("a", code)])
    assert result.vp is not None
    assert "(>> \n            (getguest p)" in result.vp.text or "(>> (getguest p) 3)" in result.vp.text


def test_members_that_overlap_are_refused() -> None:
    layout, byte = Layout(union=False), IntegerType("char", 1, DEFAULT)
    layout.add("a", byte, 4, None)
    with pytest.raises(LayoutError, match="`b` overlaps the member at offset 0x4"):
        layout.add("b", byte, 4, None)
    with pytest.raises(LayoutError, match="`a` is a member already"):
        layout.add("a", byte, 8, None)
    with pytest.raises(LayoutError, match="a bit-field of 9 bits does not fit char"):
        layout.add("c", byte, None, 9)
