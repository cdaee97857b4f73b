# SPDX-License-Identifier: GPL-2.0-or-later
"""Macros, conditions and included texts."""

from __future__ import annotations

from engine.emmett.syntax.preprocessor import Preprocessor
from engine.vp.diagnostics.source import Findings, SourceText


def expanded(text: str, **files: str) -> str:
    def opened(name: str, _including: str) -> SourceText | None:
        return SourceText(name, files[name]) if name in files else None

    findings = Findings()
    words = Preprocessor(findings, opened).words(SourceText("a", text))
    result = " ".join(word.text for word in words)
    assert not findings.items, findings.items
    return result


def test_macros_are_replaced_and_not_inside_of_themselves() -> None:
    assert expanded("#define A B + 1\n#define B A\nA B") == "A + 1 B + 1"
    assert expanded("#define TWICE(x) x x\nTWICE(a + TWICE(b)) TWICE") == "a + b b a + b b TWICE"
    assert expanded("#define PAIR(a, b) b a\nPAIR((1, 2), [3])") == "[ 3 ] ( 1 , 2 )"
    assert expanded("#define F() f\nF() + F()") == "f + f"
    assert expanded("#define A 1\n#undef A\nA") == "A"


def test_words_of_macros_stand_where_the_macro_is_used() -> None:
    words = list(Preprocessor(Findings()).words(SourceText("a", "#define ONE 1 + 0\nx = ONE;")))
    assert {word.at.span.column for word in words if word.text in "1+0"} == {5}
    assert {word.at.span.line for word in words} == {2}


def test_conditions_nest() -> None:
    text = "#define A\n#ifdef A\n1\n#ifndef A\n2\n#else\n3\n#endif\n#else\n4\n#ifdef A\n5\n#endif\n#endif\n6"
    assert expanded(text) == "1 3 6"


def test_macros_of_an_included_text_are_known_afterwards() -> None:
    assert expanded('#include "m"\nX', m="#define X 5\ny") == "y 5"
    assert expanded('#ifdef A\n#include "none"\n#endif\nx') == "x"


def test_macros_that_blow_up_end() -> None:
    lines = ["#define A0 x x x x x x x x x x"]
    lines += [f"#define A{n} {' '.join([f'A{n - 1}'] * 10)}" for n in range(1, 7)]
    findings = Findings()
    words = list(Preprocessor(findings).words(SourceText("a", "\n".join([*lines, "A6"]))))
    assert len(words) == 1_000_000
    assert [one.code for one in findings.items] == ["E605"]
