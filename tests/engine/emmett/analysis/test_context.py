# SPDX-License-Identifier: GPL-2.0-or-later
"""What the analysis shares: names by scope, symbols of the guest."""

from __future__ import annotations

from engine.emmett.analysis.context import Context, near_names
from engine.emmett.analysis.symbols import Body, Variable
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import INT64
from engine.vp.diagnostics.source import Findings, SourceText

AT = Location(SourceText("a", "main mian"), 5, 9)


def variable(name: str, vp_name: str) -> Variable:
    return Variable(name, vp_name, INT64, AT)


def test_inner_names_hide_outer_ones() -> None:
    context = Context(Findings(), {}, None)
    context.symbols.variables["n"] = variable("n", "outer")
    assert context.find("n") == context.symbols.variables["n"]
    context.body = Body("~plocal0:", AT, {"n": variable("n", "ARG0")}, {"m": variable("m", "~plocal0:m")})
    found = context.find("n")
    assert found is not None
    assert found.vp_name == "ARG0"
    assert context.find("nothing") is None
    assert near_names(context) == ["n", "m", "n"]


def test_symbols_are_looked_up_and_noted() -> None:
    context = Context(Findings(), {}, {"main": 0x1000})
    assert context.address("main", AT) == 0x1000
    assert context.names_guest
    assert context.address("mian", AT) == 0
    (found,) = context.findings.items
    assert (found.code, found.suggestions) == ("E627", ("main",))
    assert found.fix is not None, "what is written there is the name"
