# SPDX-License-Identifier: GPL-2.0-or-later
"""Type constraints: the type of a value against the type that its use requires, and where both come from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.tables.builtins import Type


@dataclass(frozen=True, slots=True)
class Constraint:
    """A value at a place must have a type; `role` says what the value is: `argument 1 of logint`."""

    source: SourceText
    span: Span
    required: Slot
    found: Slot
    role: str


class Constraints:
    """Solves constraints, and reports those that cannot hold.

    The arguments of calls of the script's own functions are deferred until all functions have been checked, so that
    the function decides the type of a parameter and not the first call.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._deferred: list[Constraint] = []

    def defer(self, constraint: Constraint) -> None:
        """Solve a constraint with the next `solve_deferred`."""
        self._deferred.append(constraint)

    def solve_deferred(self) -> None:
        """Solve all deferred constraints."""
        for constraint in self._deferred:
            self.solve(constraint)
        self._deferred.clear()

    def solve(self, constraint: Constraint) -> None:
        """Unify both types, or report that they differ."""
        found = constraint.found.root()
        if found.mixed is not None:
            notes = tuple(str(slot.origin) for slot in found.mixed if slot.origin is not None)
            message = f"{constraint.role} has branches of different types"
            expected = "only integers or only strings"
            self._findings.add("E306", constraint.source, constraint.span, message, expected=expected, notes=notes)
        elif not constraint.required.join(found):
            self._report(constraint, constraint.required.root(), found)

    def _report(self, constraint: Constraint, required: Slot, found: Slot) -> None:
        want, have = _ARTICLES[required.type], _ARTICLES[found.type]
        notes = []
        if found.origin and found.origin.span != constraint.span:
            notes.append(f"the {_NOUNS[found.type]} comes from {found.origin}")
        if required.origin and required.origin.span != constraint.span:
            notes.append(f"{want} is required by {required.origin}")
        message = f"{constraint.role} must be {want}, found {have}"
        self._findings.add("E301", constraint.source, constraint.span, message, expected=want, notes=tuple(notes))


_NOUNS = {None: "value", Type.INTEGER: "integer", Type.STRING: "string"}
_ARTICLES = {None: "a value", Type.INTEGER: "an integer", Type.STRING: "a string"}
