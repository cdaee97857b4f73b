# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of definitions."""

from __future__ import annotations

from engine.vp import parse
from engine.vp.analysis.definitions import Definer
from engine.vp.analysis.symbols import Symbols
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits

TEXT = "(definteger i)\n(defstring s)\n(defaggr a 0 0)\n(defbag b 1)\n(defun f (x) x)\n(defun g (y) (f y))\n"


def symbols_of(text: str) -> Symbols:
    symbols, source = Symbols(), SourceText("a.vp", text)
    definer = Definer(symbols, Findings(), Limits())
    for form in parse(text)[0].forms:
        definer.add(form, source)
    return symbols


def test_names_have_a_kind_and_a_line() -> None:
    symbols = symbols_of(TEXT)
    assert {name: (symbols.kind_of(name), symbols.line_of(name)) for name in "isabf"} == {
        "i": ("an integer variable", 1),
        "s": ("a string variable", 2),
        "a": ("an aggregate", 3),
        "b": ("a bag", 4),
        "f": ("a function", 5),
    }
    assert (symbols.kind_of("nothing"), symbols.line_of("nothing")) == ("", None)


def test_writing_spreads_to_the_functions_that_pass_the_parameter_on() -> None:
    symbols = symbols_of(TEXT)
    symbols.functions["f"].written.add(0)
    symbols.functions["g"].passes.add((0, "f", 0))
    symbols.spread_written()
    assert symbols.functions["g"].written == {0}
