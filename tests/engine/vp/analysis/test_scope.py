# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks of a body share."""

from __future__ import annotations

from engine.vp import parse
from engine.vp.analysis.checker import RULES
from engine.vp.analysis.scope import Scope
from engine.vp.analysis.symbols import Function, Symbols
from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits
from engine.vp.syntax.ast import Defun
from engine.vp.tables.builtins import Type

SOURCE = SourceText("a.vp", '(defun f (s n) (do "x" n))')


def scope_of(source: SourceText) -> tuple[Scope, Function]:
    (form,) = parse(source.text)[0].forms
    assert isinstance(form, Defun)
    function = Function(form, source, 0, [Slot(), Slot()], Slot())
    scope = Scope(Symbols(), Findings(), Limits(), RULES)
    scope.enter(source, function)
    return scope, function


def test_parameters_are_known_by_position() -> None:
    scope, function = scope_of(SOURCE)
    assert scope.parameters == ["s", "n"]
    scope.mark_written(function.form.parameters[0])
    assert function.written == {0}


def test_the_type_of_each_expression_is_kept() -> None:
    scope, function = scope_of(SOURCE)
    slot = scope.sequence(function.form.body)
    assert scope.types[id(function.form.body[0])] is slot
    scope.require(function.form.body[0], Type.STRING, "the result")
    assert function.parameters[1].resolved() is Type.STRING
    assert scope.findings.items == []


def test_a_report_has_the_place_in_the_source_of_the_body() -> None:
    scope, function = scope_of(SOURCE)
    scope.report_read_only(function.form.parameters[1])
    (found,) = scope.findings.items
    assert (found.code, found.place) == ("E206", "a.vp:1:13")
