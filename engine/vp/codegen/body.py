# SPDX-License-Identifier: GPL-2.0-or-later
"""The body of one function or probe while its code is emitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.opcodes import Op
from engine.core.tables import number_of
from engine.vp.analysis.escape import functions_returning_locals
from engine.vp.analysis.fold import constant
from engine.vp.analysis.symbols import Symbols
from engine.vp.analysis.types import Slot
from engine.vp.codegen.emit import Code, Label
from engine.vp.diagnostics.source import SourceText
from engine.vp.syntax.ast import Cond, Do, Expr, Integer, Name, String, Try
from engine.vp.tables.builtins import Type
from engine.vp.tables.variables import VARIABLES

TEMPORARY_SLOTS = number_of("vpcore.h", "VPC_STRING_BYTES") // 8
"""64-bit slots of a string."""

Rule = Callable[["BodyCompiler", Any], None]


class BodyCompiler:
    """Emits the code of bodies, one after the other, into `code`; `rules` has one for each kind of expression."""

    def __init__(self, symbols: Symbols, types: dict[int, Slot], rules: Mapping[type, Rule]) -> None:
        self.symbols = symbols
        self.code = Code()
        self.source = SourceText("", "")
        self.parameters: dict[str, int] = {}
        """slots of the parameters"""
        self.locals = 0
        """slots of parameters and temporary strings"""
        self.returning_locals = functions_returning_locals(symbols)
        self._types = types
        self._rules = rules

    def begin(self, source: SourceText, parameters: tuple[Name, ...]) -> int:
        """Begin a body; returns the offset of its code."""
        self.source = source
        self.parameters = {parameter.name: slot for slot, parameter in enumerate(parameters)}
        self.locals = len(self.parameters)
        return self.code.begin()

    def value(self, expression: Expr) -> None:
        """Emit code that leaves the value of an expression on the stack."""
        self.mark(expression)
        folded = self.constant(expression)
        if folded is not None:
            self.code.integer(folded)
        else:
            self._rules[type(expression)](self, expression)

    def discard(self, expression: Expr) -> None:
        """Emit code for the effects of an expression; its value is not kept."""
        if isinstance(expression, Do):
            self.sequence(expression.body, used=False)
        elif isinstance(expression, Cond):
            self.branches(expression, used=False)
        elif isinstance(expression, Try):
            self.guarded(expression, used=False)
        elif isinstance(expression, Integer | String | Name) and not self._may_fail(expression):
            return
        elif self.constant(expression) is None:
            self.value(expression)
            self.code.emit(Op.DROP)

    def _may_fail(self, expression: Expr) -> bool:
        """Reading VCPU state in VMX context is a run-time error even if the value is not kept."""
        row = VARIABLES.get(expression.name) if isinstance(expression, Name) else None
        return row is not None and row.is_vcpu_state

    def sequence(self, body: tuple[Expr, ...], *, used: bool) -> None:
        """Emit the expressions of a body; the value of the last one, or 0 without any, is kept if it is used."""
        for expression in body[:-1]:
            self.discard(expression)
        if used and not body:
            self.code.integer(0)
        elif used:
            self.value(body[-1])
        elif body:
            self.discard(body[-1])

    def branches(self, expression: Cond, *, used: bool) -> None:
        """Emit a cond; branches that constants rule out are left out."""
        end = Label()
        depth = self.code.depth
        decided = False
        for condition, value in expression.pairs:
            known = self.constant(condition)
            if known == 0:
                continue
            following = Label()
            if known is None:
                self.value(condition)
                self.code.jump(Op.JUMP_ZERO, following)
            if used:
                self.value(value)
            else:
                self.discard(value)
            decided = known is not None
            if decided:
                break
            self.code.jump(Op.JUMP, end)
            self.code.bind(following, depth)
        if used and not decided:
            self._default(expression)
        self.code.bind(end, depth + int(used))

    def guarded(self, expression: Try, *, used: bool) -> None:
        """Emit a try: its expression, and behind it the handler."""
        handler, end = Label(), Label()
        depth = self.code.depth
        emit = self.value if used else self.discard
        self.code.jump(Op.TRY, handler)
        emit(expression.body)
        self.code.jump(Op.JUMP, end)
        self.code.bind(handler, depth)
        emit(expression.handler)
        self.code.bind(end, depth + int(used))

    def _default(self, expression: Cond) -> None:
        """The value if no condition is true: 0, or the empty string."""
        if self.type_of(expression) is Type.STRING:
            self.code.emit(Op.LITERAL, self.code.literal(b""))
        else:
            self.code.integer(0)

    def temporary(self) -> None:
        """Copy the string on the stack to a slot that lives as long as this body runs."""
        first = max(self.locals, 1)  # a result is left in slot 0 while the string it may name is still needed
        self.code.emit(Op.TEMPORARY, min(first, 255))
        self.locals = first + TEMPORARY_SLOTS

    def mark(self, expression: Expr) -> None:
        """The code that follows belongs to an expression."""
        self.code.place(self.source.name, expression.span)

    def constant(self, expression: Expr) -> int | None:
        """The value of an expression that is known now."""
        return constant(expression, self.symbols.functions)

    def type_of(self, expression: Expr) -> Type:
        """The type that the checker found."""
        return self._types[id(expression)].resolved()
