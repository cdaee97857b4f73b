# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds for every text: it compiles or says at which places it is wrong, in time proportional to its length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vp import Limits, Prelude, Severity, compile_script, parse
from engine.vp.codegen.disassemble import disassemble
from engine.vp.diagnostics.codes import CODES
from engine.vp.diagnostics.render import render
from engine.vp.editing.completion import candidates, meaning
from engine.vp.editing.names import names_of
from engine.vp.editing.scanning import scan
from engine.vp.syntax.ast import Script
from engine.vp.syntax.reader import MAX_NESTING
from engine.vp.syntax.unparse import to_source
from tests.engine.vp.properties.scripts import SCRIPTS, WORD_SALAD, damaged_scripts, without_places

TEXTS = st.one_of(st.text(), st.text('()"\\; \nab01'), WORD_SALAD, damaged_scripts())
CURLY = {"“", "”"}
"""Quotes of word processors make a string when both stand on one line, which printing may bring about."""
PRELUDE = Prelude("guest.vp", '(defun curpid () 1)\n(defun curprocname () (helper))\n(defun helper () "init")\n')


@given(TEXTS)
def test_any_text_is_compiled_or_refused_with_reasons(text: str) -> None:
    compilation = compile_script(text, "any.vp", prelude=PRELUDE)
    refused = any(diagnostic.severity is Severity.ERROR for diagnostic in compilation.diagnostics)
    assert (compilation.program is None) == refused
    for diagnostic in compilation.diagnostics:
        assert diagnostic.code in CODES
        shown = render(diagnostic)
        assert all(line.isprintable() for line in shown.split("\n"))
        span, lines = diagnostic.span, text.split("\n")
        if diagnostic.file == "any.vp":
            assert 1 <= span.line <= span.end_line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1
            assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
            assert (span.line, span.column) <= (span.end_line, span.end_column)
    if compilation.program is not None:
        assert disassemble(compilation.program, Limits().code_bytes).startswith("any.vp: ")


@given(TEXTS)
def test_tokens_cover_any_text(text: str) -> None:
    """Tokens stand in order, hold the text of their places, and leave out nothing but blanks."""
    lines = text.split("\n")
    line, column, rest = 1, 1, text
    for token in scan(text):
        assert (line, column) <= (token.line, token.column)
        first = lines[token.line - 1][token.column - 1 :]
        assert first.startswith(token.text.split("\n")[0])
        blanks, found, rest = rest.partition(token.text)
        assert found
        assert not blanks.strip()
        line, column = token.end_line, token.end_column
    assert not rest.strip()


@given(TEXTS, st.data())
def test_completion_works_anywhere(text: str, data: st.DataObject) -> None:
    line = data.draw(st.integers(1, text.count("\n") + 2))
    column = data.draw(st.integers(1, 50))
    for candidate in candidates(text, line, column, PRELUDE):
        assert candidate.name
        assert candidate.signature
    meaning(text, line, column, PRELUDE)
    assert all(candidate.name for candidate in names_of(text).own)


@given(SCRIPTS)
def test_a_printed_tree_is_parsed_as_the_same_tree(script: Script) -> None:
    again, diagnostics = parse(to_source(script), "s.vp")
    assert not diagnostics
    assert without_places(again) == without_places(script)


@given(damaged_scripts())
def test_what_is_read_of_a_text_prints_and_reads_the_same(text: str) -> None:
    script, diagnostics = parse(text, "s.vp")
    if not diagnostics and not CURLY & set(text):
        again, _ = parse(to_source(script), "s.vp")
        assert without_places(again) == without_places(script)


LARGE = {
    "opened": "(" * 10_000,
    "closed": ")" * 10_000,
    "nested": "(vprobe VMM1Hz " + "(do " * 10_000 + "1" + ")" * 10_001,
    "lists": "(vprobe VMM1Hz " + "(" * 10_000 + ")" * 10_001,
    "blanks": "(vprobe VMM1Hz" + " " * 200_000 + "(logint 1)",
    "quotes": '"\\"\n' * 10_000,
    "strings": '(vprobe VMM1Hz (logstr "x))\n' * 5_000,
    "names": "(vprobe VMM1Hz (+ " + " ".join(f"name{number}" for number in range(10_000)) + "))",
    "arguments": "(vprobe VMM1Hz (+ " + "1 " * 20_000 + "))",
    "forms": "(definteger a)\n" * 5_000,
    "lines without end": "(vprobe VMM1Hz\n" + "  (logint (+ 1 2)\n" * 5_000,
    "ends without line": "(vprobe VMM1Hz\n" + "  (logint 1)))\n" * 5_000,
    "keys": "(defaggr a 99999999999 0)\n(vprobe VMM1Hz (aggr a () () 1))",
    "digits": f"(vprobe VMM1Hz (logint {'9' * 100_000}))",
    "letters": f"(vprobe VMM1Hz (logint {'x' * 100_000}))",
    "comments": ";" * 100_000 + "\n;" * 10_000,
    "conditions": "(vprobe VMM1Hz " + "(cond (1 2 " * 40 + "1" + "))" * 40 + ")",
    "curly": "“" * 20_000,
    "conversions": f'(vprobe VMM1Hz (printf "{"%" * 100_000}"))',
}


@pytest.mark.parametrize("name", LARGE)
def test_large_texts_end_soon(name: str) -> None:
    """None of these recurses too deep or takes time beyond its length: minutes, if one took the square of it."""
    compilation = compile_script(LARGE[name], "large.vp")
    assert all(render(diagnostic) for diagnostic in compilation.diagnostics)
    assert sum(1 for _ in scan(LARGE[name])) >= 0


@pytest.mark.parametrize("opening", ["(", "(do ", "(cond (", "(aggr a (", "(f "])
def test_deep_nesting_is_placed(opening: str) -> None:
    """The error stands at the parenthesis that goes too deep, and the next form is read all the same."""
    text = (
        "(vprobe VMM1Hz\n"
        + opening * 5_000
        + ")" * 5_000 * opening.count("(")
        + ")\n(vprobe VMM1Hz (logint nothing))\n"
    )
    diagnostics = {diagnostic.code: diagnostic for diagnostic in compile_script(text, "deep.vp").diagnostics}
    span = diagnostics["E106"].span
    line = text.split("\n")[span.line - 1]
    assert line[: span.column].count("(") == MAX_NESTING
    assert diagnostics["E201"].span.line == 3


def test_the_deepest_forms_compile() -> None:
    """Nesting up to the limit needs no more of Python's stack than there is."""
    for opening, closing in (("(do ", ")"), ("(+ 1 ", ")"), ("(cond (1 ", "))"), ("(! ", ")")):
        depth = (MAX_NESTING - 2) // opening.count("(")
        text = "(vprobe VMM1Hz (logint " + opening * depth + "1" + closing * depth + "))"
        assert compile_script(text).program is not None
