# SPDX-License-Identifier: GPL-2.0-or-later
"""Expressions in memory, on strings, and into aggregates."""

from __future__ import annotations

import pytest

from tests.engine.emmett.compiling import body_of

START = "struct s { int a; struct s *next; short list[4]; struct { char c; } in; } *p; string t; bag b; VMM1Hz "


@pytest.mark.parametrize(
    ("code", "vp"),
    [
        ("x = p->a;", "(setint x (& 4294967295 (getguest p)))"),
        ("x = p->next->next;", "(setint x (getguest (+ (getguest (+ p 8)) 8)))"),
        ("x = p->list[2];", "(setint x (& 65535 (getguest (+ p 20))))"),
        ("x = *(p->list + 1);", "(setint x (& 65535 (getguest (+ p 18))))"),
        ("x = p->list[x];", "(setint x (& 65535 (getguest (+ p 16 (* x 2)))))"),
        ("x = p[1].in.c;", "(setint x (& 255 (getguest (+ p 56))))"),
        ("x = &p->in;", "(setint x (+ p 24))"),
        ("x = p - (struct s *)RAX;", "(setint x (/ (- p RAX) 32))"),
        ("x = 2 + p;", "(setint x (+ 64 p))"),
        ("x = (char)x;", "(setint x x)"),
        ('x = t == "a" || !x;', '(setint x (|| (== (strcmp t "a") 0) (! x)))'),
        ('t = t + "a";', '(setstr t (do (sprintf ~tmp1 "%s%s" t "a") ~tmp1))'),
        ('seen[t, 1, "k"] <- 2;', '(aggr seen (1) (t "k") 2)'),
        ("{ b[1] <- 2; x = b[1]; }", "(do (baginsert b 1 2) (setint x (bagremove b 1)))"),
        ("x = (x = 1, 2);", "(setint x (do (setint x 1) 2))"),
        ("x = &main;", "(setint x 4096)"),
    ],
)  # fmt: skip
def test_expressions(code: str, vp: str) -> None:
    assert body_of(START + code) == vp
