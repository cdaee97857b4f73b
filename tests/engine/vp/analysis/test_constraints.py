# SPDX-License-Identifier: GPL-2.0-or-later
"""Constraints: what is required against what was found, and when."""

from __future__ import annotations

from engine.vp.analysis.constraints import Constraint, Constraints
from engine.vp.analysis.types import Origin, Slot, merge
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.tables.builtins import Type

SOURCE = SourceText("a.vp", "some text of a script\n")
HERE, THERE = Span(1, 1, 1, 5), Span(1, 6, 1, 10)


def constraint(required: Slot, found: Slot) -> Constraint:
    return Constraint(SOURCE, HERE, required, found, "the value")


def test_a_free_slot_takes_the_type_that_is_required() -> None:
    findings, free = Findings(), Slot()
    Constraints(findings).solve(constraint(Slot(Type.STRING), free))
    assert free.resolved() is Type.STRING
    assert findings.items == []


def test_types_that_differ_are_reported_with_both_origins() -> None:
    findings = Findings()
    required = Slot(Type.STRING, Origin("argument 1 of logstr", "a.vp", THERE))
    Constraints(findings).solve(constraint(required, Slot(Type.INTEGER, Origin("the variable i", "a.vp", THERE))))
    (found,) = findings.items
    assert found.message == "the value must be a string, found an integer"
    assert found.notes == (
        "the integer comes from the variable i at a.vp:1:6",
        "a string is required by argument 1 of logstr at a.vp:1:6",
    )


def test_branches_that_differ_are_reported_where_the_value_is_used() -> None:
    findings = Findings()
    mixed = merge(Slot(Type.STRING, Origin("a string literal")), Slot(Type.INTEGER, Origin("a number")))
    Constraints(findings).solve(constraint(Slot(Type.STRING), mixed))
    (found,) = findings.items
    assert (found.code, found.notes) == ("E306", ("a string literal", "a number"))


def test_a_deferred_constraint_waits_for_the_type_of_the_function() -> None:
    findings, parameter = Findings(), Slot()
    constraints = Constraints(findings)
    constraints.defer(constraint(parameter, Slot(Type.INTEGER)))
    constraints.solve(constraint(Slot(Type.STRING), parameter))
    assert findings.items == []
    constraints.solve_deferred()
    assert [found.code for found in findings.items] == ["E301"]
    constraints.solve_deferred()
    assert len(findings.items) == 1
