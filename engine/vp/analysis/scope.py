# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks of expressions share: the script's symbols, the body that is being checked, and its types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.vp.analysis.constraints import Constraint, Constraints
from engine.vp.analysis.symbols import Function, Symbols
from engine.vp.analysis.types import Origin, Slot
from engine.vp.analysis.unknown_names import UnknownNames
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits
from engine.vp.syntax.ast import Cond, Do, Expr, Name, Try
from engine.vp.tables.builtins import Type

Rule = Callable[["Scope", Any], Slot]


class Scope:
    """The body of one function or probe. `types` holds the slot of every expression by its identity."""

    def __init__(self, symbols: Symbols, findings: Findings, limits: Limits, rules: Mapping[type, Rule]) -> None:
        self.symbols = symbols
        self.limits = limits
        self.types: dict[int, Slot] = {}
        self.constraints = Constraints(findings)
        self.source = SourceText("", "")
        self.function: Function | None = None
        """the function that is being checked; None in a probe"""
        self.string_required = False
        """the name that is being checked stands where a string must"""
        self.findings = findings
        self._rules = rules

    def enter(self, source: SourceText, function: Function | None) -> None:
        """Begin with another body."""
        self.source, self.function = source, function

    def infer(self, expression: Expr) -> Slot:
        """The type of an expression whose value is used."""
        self.string_required &= isinstance(expression, Name)
        slot = self._rules[type(expression)](self, expression)
        self.types[id(expression)] = slot
        return slot

    def infer_all(self, expressions: tuple[Expr, ...]) -> None:
        """Check expressions that nothing is required of."""
        for expression in expressions:
            self.infer(expression)

    def sequence(self, body: tuple[Expr, ...]) -> Slot:
        """The type of the last expression of a body."""
        for expression in body[:-1]:
            self.discard(expression)
        return self.infer(body[-1])

    def discard(self, expression: Expr) -> None:
        """Check an expression whose value is not used: its branches may differ in type."""
        if isinstance(expression, Do):
            for part in expression.body:
                self.discard(part)
        elif isinstance(expression, Try):
            self.discard(expression.body)
            self.discard(expression.handler)
        elif isinstance(expression, Cond):
            for condition, value in expression.pairs:
                self.require(condition, Type.INTEGER, "a condition")
                self.discard(value)
        else:
            self.infer(expression)

    def require(self, expression: Expr, kind: Type, role: str) -> None:
        """Check an expression whose value must have a type; `role` names the value in messages."""
        self.string_required = kind is Type.STRING
        required = Slot(kind, Origin(role, self.source.name, expression.span))
        self.constraints.solve(self.constraint(expression, required, role))

    def constraint(self, expression: Expr, required: Slot, role: str) -> Constraint:
        """What an expression of this body must be."""
        return Constraint(self.source, expression.span, required, self.infer(expression), role)

    def slot(self, kind: Type, span: Span, words: str) -> Slot:
        """The type of something in this source, with words for its origin."""
        return Slot(kind, Origin(words, self.source.name, span))

    @property
    def parameters(self) -> list[str]:
        """The parameters of the function that is being checked."""
        return [] if self.function is None else [parameter.name for parameter in self.function.form.parameters]

    def parameter_position(self, expression: Expr) -> int | None:
        """The position of the parameter that an expression is; None if it is none."""
        if not isinstance(expression, Name) or expression.name not in self.parameters:
            return None
        return self.parameters.index(expression.name)

    def mark_written(self, target: Name) -> None:
        """Remember that the function writes to a string parameter."""
        position = self.parameter_position(target)
        if position is not None and self.function is not None:
            self.function.written.add(position)

    def report_read_only(self, target: Name) -> None:
        """Report an assignment to a built-in variable."""
        message = f"cannot assign to the built-in variable {target.name}"
        self.add("E206", target.span, message, expected="a variable defined in the script")

    @property
    def unknown(self) -> UnknownNames:
        """Reports about names in this body that are not defined."""
        return UnknownNames(self.symbols, self.findings, self.source)

    def add(self, code: str, span: Span, message: str, **more: Any) -> None:  # noqa: ANN401 - handed on to Findings.add
        """Report something about this body."""
        self.findings.add(code, self.source, span, message, **more)
