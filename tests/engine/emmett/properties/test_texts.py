# SPDX-License-Identifier: GPL-2.0-or-later
"""Any text at all: it is answered, never with an exception, and each finding has a place in the text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.emmett import compile_emmett
from engine.emmett.editing import completion, tokens
from engine.vp import Severity
from engine.vp.diagnostics.render import render
from engine.vp.diagnostics.source import SourceText

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.emt"))
WORDS = [
    "int",
    "x",
    "string",
    "s",
    "aggr",
    "a",
    "bag",
    "b",
    "struct",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "=",
    "==",
    "<-",
    "++",
    "->",
    ".",
    "&",
    "*",
    "+",
    "-",
    "~",
    "!",
    "?",
    ":",
    "&&",
    "||",
    "<<",
    ">>",
    "1",
    "0xff",
    "10UL",
    "-1",
    "if",
    "else",
    "for",
    "return",
    "sizeof",
    "typedef",
    "enum",
    "memmodel",
    "guest32",
    "VMM1Hz",
    "Guest_IRQ",
    "GUEST:0x10",
    "GUEST:main",
    "printf",
    '"%d\\n"',
    "f",
    "#define",
    "#include",
    "#ifdef",
    "#endif",
    "/*",
    "*/",
    "//",
    "@VMK",
    "@",
    "void",
    "unsigned",
    "long",
    "try",
    "catch",
    "while",
    "\n",
    "\n",
]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A program of the corpus, cut, with pieces left out, doubled or put in."""
    text = draw(st.sampled_from(CORPUS)).read_text("utf-8")[:3000]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from(["", text[start:end] * 2, *WORDS, "\x00", "\x1b", "é", "`"]))
        text = text[:start] + piece + text[end:]
    return text


def check(source: str) -> None:
    """What holds for every text."""
    compiled = compile_emmett(source, "a.emt")
    refused = any(one.severity is Severity.ERROR for one in compiled.diagnostics)
    assert (compiled.program is None) == refused
    lines = source.count("\n") + 1
    for one in compiled.diagnostics:
        assert one.file == "a.emt"
        assert 1 <= one.span.line <= lines
        assert (one.span.line, one.span.column) <= (one.span.end_line, one.span.end_column)
        assert all(line.isprintable() for line in render(one).split("\n"))
        assert "~" not in one.message.replace("`~`", "") or "~" in source
    if compiled.program is not None:
        assert all(place.span.line <= lines for place in compiled.program.places)
        assert compiled.program.source == source


@given(damaged())
@settings(max_examples=150)
def test_damaged_programs_are_answered(source: str) -> None:
    check(source)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
@settings(max_examples=150)
@example("VMM1Hz for (int i = 0; i < 3; i++) for (i = 0; i < 3; i++) x++;")
@example("struct s { struct s t; }; VMM1Hz x = sizeof(struct s);")
@example("typedef T T; T x; VMM1Hz x = (T)1;")
@example("#define A A B\n#define B A\nVMM1Hz x = A;")
@example("VMM1Hz { x = y = z = w")
@example("aggr a; VMM1Hz { a = 1; a++; a[1] <- 2; x = a + a; logaggr(1); }")
@example("int f(int f) { int f; return f; } VMM1Hz f = f(f);")
@example("VMM1Hz (int a, int a) { a = 1; }")
@example("#define F(x) x x\n#define G F(F(F(F(F(F(F(F(1))))))))\nVMM1Hz x = G;")
def test_word_salad_is_answered(source: str) -> None:
    check(source)


@given(damaged(), st.integers(1, 20), st.integers(1, 60))
@settings(max_examples=100)
def test_editors_are_answered(source: str, line: int, column: int) -> None:
    """Tokens cover every word in order; completion and meaning never raise."""
    text, end = SourceText("", source), 0
    for token in tokens.scan(source):
        start = text.offset(token.line, token.column)
        assert start >= end
        assert not source[end:start].strip(" \t\r\n\f\v\x1c\x1d\x1e\x1f\x85\xa0\ufeff")
        end = text.offset(token.end_line, token.end_column)
        assert source[start:end] == token.text
    completion.candidates(source, line, column)
    completion.meaning(source, line, column)
