# SPDX-License-Identifier: GPL-2.0-or-later
"""Names in expressions: variables that are read, assigned, or declared by their first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.emmett.analysis.context import Context, near_names
from engine.emmett.analysis.library import CONSTANTS
from engine.emmett.analysis.nodes import MASK, Form, Node, Number, Word
from engine.emmett.analysis.symbols import Variable
from engine.emmett.analysis.values import Value, nothing, number, text, variable_type
from engine.emmett.syntax.ast import Assign, Name
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import (
    INT64,
    STRING,
    WRONG,
    AggregateType,
    BagType,
    StringType,
    Type,
    is_text_in_memory,
)
from engine.vp.tables.builtins import Type as ValueType
from engine.vp.tables.elsewhere import ABSENT_VARIABLES
from engine.vp.tables.variables import VARIABLES

if TYPE_CHECKING:
    from engine.emmett.analysis.expressions import Expressions


class Names:
    """Resolves names for the analysis of expressions."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self._context = context
        self._expressions = expressions

    # --- reading ---

    def read(self, expression: Name) -> Value:
        """The value of a name."""
        name, at = expression.name, expression.at
        variable = self._context.find(name)
        if variable is not None:
            return self._variable(variable, at)
        found = self._constant(name)
        if found is not None:
            return Value(INT64, Number(found, at), at)
        row = VARIABLES.get(name)
        if row is not None:
            return Value(STRING if row.type is ValueType.STRING else INT64, Word(name, at), at)
        if name in self._context.symbols.functions or name in self._context.functions:
            expected = f"`{name}(…)` to call it, or `&{name}` for a symbol of the guest"
            self._context.report("E620", at, f"`{name}` is a function", expected=expected)
            return nothing(at)
        if name in ABSENT_VARIABLES:
            self._context.report("E631", at, f"no variable `{name}` here: {ABSENT_VARIABLES[name]}")
            return nothing(at)
        if self._context.coming is None:
            return nothing(at)
        guest = None if self._context.provider is None else self._context.provider.constant(name)
        if guest is not None and name not in self._context.coming:
            return Value(INT64, Number(guest & MASK, at), at)
        return self._variable(self._infer(expression, self._context.coming.get(name, INT64)), at)

    def _variable(self, variable: Variable, at: Location) -> Value:
        if isinstance(variable.type, AggregateType):
            expected = f"`logaggr({variable.name})` to print it, or `{variable.name}[…] <- value`"
            self._context.report("E625", at, f"aggregate `{variable.name}` cannot be read", expected=expected)
            return nothing(at)
        if isinstance(variable.type, BagType):
            expected = f"`{variable.name}[key]`, which takes the value out"
            self._context.report("E625", at, f"bag `{variable.name}` cannot be read without a key", expected=expected)
            return nothing(at)
        return Value(variable.type, Word(variable.vp_name, at), at)

    def _constant(self, name: str) -> int | None:
        constants = self._context.symbols.constants
        if name in constants:
            return constants[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        return None

    def _infer(self, expression: Name, kind: Type) -> Variable:
        """Declare a name by its first use. All such variables are global."""
        symbols, name = self._context.symbols, expression.name
        variable = Variable(name, symbols.vp_name(name), kind, expression.at, is_inferred=True)
        self._context.claim(name, expression.at)
        symbols.variables[name] = variable
        return variable

    # --- assignment ---

    def assign(self, expression: Assign, *, used: bool = True) -> Value:
        """`name = value` and its like."""
        target, at = expression.target, expression.at
        if not isinstance(target, Name):
            self._not_assignable(expression)
            return nothing(at)
        if expression.op == "=":
            value = self._expressions.value(expression.value)
            variable = self._target(target, value.type)
        else:
            before = self._context.find(target.name)
            old = self.read(target)
            value = self._expressions.value(expression.value)
            variable = before or self._context.find(target.name)
            if variable is not None:
                value = self._expressions.operation(expression.op[:-1], old, value, at)
            else:
                self._is_free(target)
        if variable is None or not self._is_assignable(variable, target):
            return nothing(at)
        variable.is_assigned = True
        return self._store(variable, target, value, at, used=used)

    def _store(self, variable: Variable, target: Name, value: Value, at: Location, *, used: bool) -> Value:
        name = Word(variable.vp_name, target.at)
        why = f"the value for `{variable.name}`"
        if isinstance(variable.type, StringType):
            node: Node = Form("setstr", (name, text(self._context, value, why)), at)
            return Value(variable.type, Form("do", (node, name), at) if used else node, at)
        if isinstance(variable.type, AggregateType | BagType):
            expected = "`<-` to insert"
            self._context.report("E623", target.at, f"`{variable.name}` is of type {variable.type}", expected=expected)
            return nothing(at)
        return Value(variable.type, Form("setint", (name, number(self._context, value, why)), at), at)

    def _target(self, target: Name, kind: Type) -> Variable | None:
        """The variable that is assigned; declared by this when it is not yet. None when the name is something else."""
        variable = self._context.find(target.name)
        if variable is not None or not self._is_free(target):
            return variable
        return self._infer(target, variable_type(kind) or INT64)

    def _is_free(self, target: Name) -> bool:
        name, at = target.name, target.at
        if name in VARIABLES:
            self._context.report("E623", at, f"`{name}` is a built-in variable and read-only", expected="a variable")
        elif self._constant(name) is not None:
            self._context.report("E623", at, f"`{name}` is a constant", expected="a variable")
        elif name in self._context.symbols.functions:
            self._context.report("E623", at, f"`{name}` is a function", expected="a variable")
        else:
            return True
        return False

    def _is_assignable(self, variable: Variable, target: Name) -> bool:
        if variable.is_argument:
            message = f"`{variable.name}` is an argument of the probe and read-only"
            self._context.report("E623", target.at, message, expected="a variable")
        return not variable.is_argument

    def _not_assignable(self, expression: Assign) -> None:
        self._expressions.value(expression.value)
        notes = ("probes never change the guest, so memory cannot be written",)
        expected = "the name of a variable; `<-` inserts into aggregates and bags"
        self._context.report("E623", expression.target.at, "this cannot be assigned", expected=expected, notes=notes)

    def string(self, target: Name) -> Variable | None:
        """The string that a built-in function writes, declared by this when it is not yet."""
        return self._infer(target, STRING) if self._is_free(target) else None

    # --- aggregates and bags ---

    def find_store(self, base: Name) -> Variable | None:
        """The aggregate or bag of a name, if it is one."""
        variable = self._context.find(base.name)
        return variable if variable is not None and isinstance(variable.type, AggregateType | BagType) else None

    def store(self, base: Name, keys: list[Value]) -> Variable:
        """The variable that is inserted into; an aggregate of these keys when the name is not declared."""
        variable = self._context.find(base.name)
        if variable is not None:
            return variable
        if not self._is_free(base):
            return Variable(base.name, base.name, WRONG, base.at)
        strings = sum(isinstance(key.type, StringType) or is_text_in_memory(key.type) for key in keys)
        return self._infer(base, AggregateType(len(keys) - strings, strings))

    def aggregate(self, base: Name) -> Variable | None:
        """The aggregate of a name that `logaggr` or `clearaggr` takes; None when it is none, which is reported."""
        variable, coming = self._context.find(base.name), self._context.coming
        if variable is None and coming is not None and isinstance(coming.get(base.name), AggregateType):
            variable = self._infer(base, coming[base.name])
        if variable is not None and isinstance(variable.type, AggregateType):
            return variable
        known = [n for n, row in self._context.symbols.variables.items() if isinstance(row.type, AggregateType)]
        message = f"`{base.name}` is not an aggregate"
        self._context.report("E620", base.at, message, expected="an aggregate", near=(base.name, known))
        return None


def report_unassigned(context: Context) -> None:
    """Warn of names that were read and never declared or assigned: they are 0, and most likely misspelt."""
    known = [*near_names(context), *VARIABLES]
    for variable in context.symbols.variables.values():
        if variable.is_inferred and not variable.is_assigned and not isinstance(variable.type, AggregateType):
            message = f"`{variable.name}` is never assigned, so it is always 0"
            context.report("W601", variable.at, message, expected="a declaration or an assignment",
                           near=(variable.name, known))  # fmt: skip
