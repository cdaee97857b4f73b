# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls: arguments are checked, and become what the function takes."""

from __future__ import annotations

import pytest

from tests.engine.emmett.compiling import body_of, codes_of


@pytest.mark.parametrize(
    ("code", "vp"),
    [
        ("x = curpid();", "(setint x (curpid ))"),
        ("getgueststr(s, 8, 0x10);", "(getgueststr s 8 16)"),
        ("getgueststr(s, 0x10);", "(getgueststr s 16)"),
        ("a++; b++; logaggr(a); clearaggr(b);", "(do (aggr a () () 1) (aggr b () () 1) (logaggr a) (clearaggr b))"),
        ('printf("%s %d", (char *)RSP, RAX);', '(printf "%s %d" (do (getgueststr ~tmp1 255 RSP) ~tmp1) RAX)'),
        ("assert(RAX);", '(cond ((! RAX) (do (printf "line 1\\n") (exit ))))'),
    ],
)  # fmt: skip
def test_calls(code: str, vp: str) -> None:
    assert body_of(f"VMM1Hz {{ {code} }}") == vp


def test_prototypes_and_later_definitions_are_the_same_function() -> None:
    assert body_of("int f(int); VMM1Hz x = f(2); int f(int n) { return n; }") == "(setint x (f 2))"
    assert codes_of("int f(int); VMM1Hz x = f(2);") == ["E620"]


def test_wrong_calls_are_refused() -> None:
    assert codes_of("VMM1Hz { getguest(); }") == ["E622"]
    assert codes_of('VMM1Hz { getguest("a"); }') == ["E621"]
    assert codes_of("VMM1Hz { getvmw(1); }") == ["E631"]
