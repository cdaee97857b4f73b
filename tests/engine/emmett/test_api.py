# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs become VP programs whose places and names are those of the Emmett text."""

from __future__ import annotations

from engine.emmett import Options, compile_emmett, translate
from engine.emmett.types.models import MODELS
from engine.vp import Limits, Prelude, Program
from engine.vp.diagnostics.source import SourceText

LIB = "int twice(int n) {\n   return n *\n      getguest(n);\n}\n"
MAIN = """\
#include "lib.emt"
int COUNT = 4;
aggr HITS[1];

GUEST:main {
   string line;
   sprintf(line, "%d", COUNT);
   HITS[twice(COUNT)]++;
}
"""


def opened(name: str, _including: str) -> SourceText | None:
    return SourceText(name, LIB) if name == "lib.emt" else None


def compiled(source: str, **more: object) -> Program:
    options = Options(addresses={"main": 0x1000}, opener=opened, **more)  # type: ignore[arg-type]
    result = compile_emmett(source, "main.emt", options=options)
    assert result.program is not None, result.diagnostics
    return result.program


def test_names_are_those_of_the_program() -> None:
    program = compiled(MAIN)
    assert program.integers == (("COUNT", 4),)
    assert [name for name, _ in program.strings] == ["line"]
    assert [row.name for row in program.aggregates] == ["HITS"]
    assert [(row.point.name, row.point.where) for row in program.probes] == [("GUEST:main", 0x1000)]
    assert program.source == MAIN
    assert program.names_guest


def test_places_are_those_of_the_text_that_holds_them() -> None:
    program = compiled(MAIN)
    assert program.probes[0].span.line == 5
    assert program.aggregates[0].span.line == 3
    assert program.functions[0].span.line == 1, "what is included is placed at its #include"
    lines = {(place.file, place.span.line) for place in program.places}
    assert {("main.emt", 7), ("main.emt", 8), ("lib.emt", 3)} <= lines
    assert all(place.file in ("main.emt", "lib.emt") for place in program.places)


def test_what_the_engine_refuses_is_placed_in_emmett() -> None:
    result = compile_emmett('\nVMM1Hz\n   printf("%d %d", 1);\n', "a.emt")
    assert [(one.code, one.place) for one in result.diagnostics] == [("E303", "a.emt:3:4")]
    many = compile_emmett("VMM1Hz x++;\n" * 33, "a.emt")
    assert [(one.code, one.place) for one in many.diagnostics] == [("E401", "a.emt:33:1")]
    small = compile_emmett("VMM1Hz {\n x = 1;\n y = 2;\n}\n", "a.emt", limits=Limits(code_bytes=8))
    assert [(one.code, one.file) for one in small.diagnostics] == [("E402", "a.emt")]


def test_misspelt_probes_are_mended_in_emmett() -> None:
    (found,) = compile_emmett("\nGuest_PFF x++;\n", "a.emt").diagnostics
    assert (found.code, found.place, found.suggestions[0]) == ("E208", "a.emt:2:1", "Guest_PF")
    assert found.fix is not None
    assert (found.fix.text, found.fix.span) == ("Guest_PF", found.span)


def test_a_prelude_brings_functions_and_symbols() -> None:
    prelude = Prelude("<prelude>", '(defstring n "x")\n(defun who () n)\n(defun nr (a) a)\n', {"main": 0x2000})
    result = compile_emmett('GUEST:main { s = who() + "!"; x = nr(5); }', options=Options(prelude=prelude))
    assert result.program is not None, result.diagnostics
    assert result.program.probes[0].point.where == 0x2000
    assert {"who", "nr"} <= result.program.prelude


def test_texts_share_their_names() -> None:
    texts = [SourceText("a", "int x = 3;"), SourceText("b", "VMM1Hz y = x;")]
    result = translate(texts)
    assert result.vp is not None
    assert result.vp.text == "(version 1.0)\n(definteger x 3)\n(definteger y)\n(vprobe VMM1Hz (setint y x))\n"


def test_options_set_the_model_and_log_aggregates() -> None:
    text = [SourceText("a", "int **p; VMM1Hz a[**p]++;")]
    result = translate(text, Options(model=MODELS["guest16"], log_aggregates=True, height=99))
    assert result.vp is not None
    assert "(aggr a ((& 65535 (getguest (& 65535 (getguest p))))) () 1)" in result.vp.text
    assert result.vp.text.count("(vprobe VMM1Hz ") == 2
