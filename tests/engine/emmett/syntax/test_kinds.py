# SPDX-License-Identifier: GPL-2.0-or-later
"""Which names are types, and where a structure ends without a `;`."""

from __future__ import annotations

from engine.emmett.syntax.kinds import classified
from engine.emmett.syntax.words import words_of
from engine.vp.diagnostics.source import Findings, SourceText


def types(text: str, *library: str) -> str:
    words = classified(list(words_of(SourceText("a", text), Findings())), lambda name: name in library)
    return " ".join(f"<{word.text}>" if word.type == "TYPE_NAME" else word.text for word in words)


def test_a_typedef_names_types_behind_itself() -> None:
    assert types("typedef int T; T x; T y;") == "typedef int T ; <T> x ; <T> y ;"
    assert types("typedef struct A { int T; } A, *P; struct A *a; P p;") == (
        "typedef struct A { int T ; } A , * P ; struct A * a ; <P> p ;"
    )
    assert types("x = uint8; uint8 y; p->uint8; (uint8)p;").count("<uint8>") == 3


def test_types_of_a_library_are_types_only_where_a_type_is_likely() -> None:
    assert types("pid_t x; (pid_t)y; pid_t = 1; a + pid_t;", "pid_t") == (
        "<pid_t> x ; ( <pid_t> ) y ; pid_t = 1 ; a + pid_t ;"
    )


def test_structures_may_lack_their_semicolon() -> None:
    assert types("struct s { int a; }\nVMM1Hz x = 1;") == "struct s { int a ; } ; VMM1Hz x = 1 ;"
    assert types("struct s { int a; }\nname;") == "struct s { int a ; } name ;"
    assert types("struct s { int a; } *p;") == "struct s { int a ; } * p ;"
    assert types("VMM1Hz { }\nx;") == "VMM1Hz { } x ;"
