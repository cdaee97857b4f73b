# SPDX-License-Identifier: GPL-2.0-or-later
"""Definitions and probes of the syntax tree."""

from __future__ import annotations

import pytest

from engine.vp import parse
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import DefAggr, DefBag, DefInteger, DefString, Defun, Version, Vprobe
from engine.vp.syntax.parser import Parser
from engine.vp.syntax.reader import read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(version 1.0)", Version), ('(version "1.0")', Version), ("(definteger a)", DefInteger),
        ("(definteger a 5)", DefInteger), ('(defstring s "x")', DefString), ("(defaggr a 1 2)", DefAggr),
        ("(defaggr a 1 2 1)", DefAggr), ("(defbag b 4)", DefBag), ("(defbag b 4 1)", DefBag),
        ("(defun f (a b) a b)", Defun), ("(vprobe VMM1Hz 1)", Vprobe),
    ],
)  # fmt: skip
def test_each_form(text: str, kind: type) -> None:
    script, diagnostics = parse(text)
    assert [type(form) for form in script.forms] == [kind]
    assert diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("(definteger)", "E107", "definteger takes 1 or 2 parts, none given"),
        ("(definteger a b)", "E107", "the initial value must be an integer literal"),
        ("(defstring s 1)", "E107", "the initial value must be a string literal"),
        ("(definteger tsc Freq)\n(vprobe P tscFreq)", "E107", "unexpected space in name"),
        ("(defun f)", "E107", "defun requires a name, a list of parameters and a body"),
        ("(defun f x x)", "E107", "expected a list of parameters"),
        ("(vprobe)", "E107", "vprobe requires a probe point and a body"),
        ("(vprobe P)", "E107", "empty body"),
        ("(logint 1)", "E108", "logint is only allowed inside a probe or function"),
        ("(defint a)", "E108", "unknown form defint"),
        ("()", "E108", "expected a definition or a probe"),
    ],
)
def test_wrong_forms(text: str, code: str, message: str) -> None:
    _, (found,) = parse(text)
    assert (found.code, found.message) == (code, message)


def test_names_of_broken_definitions_are_remembered() -> None:
    findings, source = Findings(), SourceText("a.vp", "(defaggr a)(definteger b c)(vprobe P (definteger d))")
    parser = Parser(source, findings)
    parser.forms(read(source, findings))
    assert parser.broken == {"a", "b", "d"}
