# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements: bodies of functions and probes become expressions of VP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.expressions import Expressions
from engine.emmett.analysis.folding import constant
from engine.emmett.analysis.loops import Loops
from engine.emmett.analysis.nodes import Cond, Form, Node, Number, Word, sequence
from engine.emmett.analysis.symbols import Variable
from engine.emmett.analysis.values import number, text
from engine.emmett.syntax.ast import (
    Block,
    Declaration,
    Declarator,
    Empty,
    Evaluate,
    Expr,
    For,
    If,
    Return,
    Statement,
    Try,
)
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import (
    VOID,
    AggregateType,
    BagType,
    CallableType,
    IntegerType,
    PointerType,
    StringType,
    StructType,
    Type,
    VoidType,
    WrongType,
)

_VARIABLES = (IntegerType, PointerType, StringType, AggregateType, BagType)


class Statements:
    """Analyses statements of one program."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.expressions = Expressions(context)
        self.loops = Loops(context, self)
        self._result: Type = VOID
        self._rules: dict[type, Callable[[Any], Node | None]] = {
            Declaration: self._declaration,
            Block: lambda s: self.block(s.body, s.at),
            Empty: lambda _: None,
            Evaluate: lambda s: self.expressions.effect(s.value),
            If: self._if,
            For: self.loops.unrolled,
            Try: self._try,
            Return: self._misplaced,
        }

    # --- bodies ---

    def probe(self, body: Statement) -> Node:
        """The body of a probe."""
        self._result = VOID
        return self.statement(body)

    def function(self, body: Block, result: Type) -> Node:
        """The body of a function; a `return` ends each way through it when it has a result."""
        self._result = result
        return self._tail(body)

    def statement(self, statement: Statement) -> Node:
        """One statement; 1 when it does nothing."""
        node = self._rules[type(statement)](statement)
        return Number(1, statement.at) if node is None else node

    def block(self, body: tuple[Statement, ...], at: Location) -> Node:
        """Statements one after the other."""
        nodes = [self._rules[type(one)](one) for one in body]
        return sequence([node for node in nodes if node is not None], at)

    # --- results ---

    def _tail(self, statement: Statement) -> Node:
        """A statement behind which the function ends."""
        match statement:
            case Block(body, at) if body:
                nodes = [self._rules[type(one)](one) for one in body[:-1]]
                return sequence([*(node for node in nodes if node is not None), self._tail(body[-1])], at)
            case If(condition, yes, no, at):
                if no is None and not isinstance(self._result, VoidType):
                    return self._missing(statement)
                checked = self.expressions.condition(condition, "the condition of `if`")
                first = self._tail(yes)
                return self._branches(checked, first, None if no is None else self._tail(no), no, at)
            case Try(body, handler, at):
                first = self._tail(body)
                return Form("try", (first, self._tail(handler)), at)
            case Return():
                return self._return(statement)
            case _ if isinstance(self._result, VoidType | WrongType):
                return self.statement(statement)
            case _:
                return self._missing(statement)

    def _missing(self, statement: Statement) -> Node:
        node = self.statement(statement)
        at = Location(statement.at.source, statement.at.end - 1, statement.at.end)
        message = f"the function ends without a result of type {self._result}"
        self._context.report("E628", at, message, expected="`return value;` as its last statement")
        return node

    def _return(self, statement: Return) -> Node:
        at, wanted = statement.at, self._result
        if statement.value is None:
            if not isinstance(wanted, VoidType):
                self._context.report("E628", at, "`return` without a value", expected=f"a value of type {wanted}")
            return Number(1, at)
        value = self.expressions.value(statement.value)
        if isinstance(wanted, VoidType):
            message = "a function of type void returns a value"
            self._context.report("E628", at, message, expected="`return;`, or another type of the function")
            return value.node
        is_text = isinstance(wanted, StringType)
        return (text if is_text else number)(self._context, value, "the result of the function")

    def _misplaced(self, statement: Return) -> Node | None:
        expected = "`return` as the last statement of a function, or of the last branches"
        notes = ("VP has no way to leave a body early; put what follows under a condition",)
        self._context.report("E628", statement.at, "`return` in the middle of a body", expected=expected, notes=notes)
        return None

    # --- branches ---

    def _if(self, statement: If) -> Node:
        condition = self.expressions.condition(statement.condition, "the condition of `if`")
        yes = self.statement(statement.yes)
        no = None if statement.no is None else self.statement(statement.no)
        return self._branches(condition, yes, no, statement.no, statement.at)

    def _branches(self, condition: Node, yes: Node, no: Node | None, tree: Statement | None, at: Location) -> Node:
        """`else if` becomes one more pair of the same `cond`."""
        pairs = [(condition, yes)]
        if no is not None:
            goes_on = isinstance(tree, If) and isinstance(no, Cond)
            pairs += no.pairs if goes_on and isinstance(no, Cond) else [(Number(1, no.at), no)]
        return Cond(tuple(pairs), at)

    def _try(self, statement: Try) -> Node:
        body = self.statement(statement.body)
        return Form("try", (body, self.statement(statement.handler)), statement.at)

    # --- declarations ---

    def _declaration(self, declaration: Declaration) -> None:
        """Variables of a body: globals of VP, which keep their values from one firing to the next."""
        base = self.expressions.types.base(declaration.specifiers)
        for declarator, initial in declaration.items:
            self.local(base, declarator, initial)

    def local(self, base: Type, declarator: Declarator, initial: Expr | None) -> Variable | None:
        """One variable of the body."""
        context, body, name = self._context, self._context.body, declarator.name
        kind = self.variable_type(self.expressions.types.declared(base, declarator), declarator)
        if name is None or body is None:
            return None
        before = body.locals.get(name.name) or body.parameters.get(name.name)
        if before is not None:
            context.redeclared(name.name, name.at, before.at)
            return None
        vp_name = context.symbols.vp_name(name.name, body.prefix)
        variable = Variable(name.name, vp_name, kind, name.at, is_assigned=True)
        body.locals[name.name] = variable
        variable.initial = self.initial(variable, initial)
        return variable

    def variable_type(self, kind: Type, declarator: Declarator) -> Type:
        """The type of a declared variable; those of guest memory cannot be variables."""
        if isinstance(kind, (*_VARIABLES, WrongType)):
            return kind
        notes = (f"a pointer is possible: `{kind} *`",) if isinstance(kind, StructType) else ()
        expected = "an integer, a pointer, string, aggr or bag"
        self._context.report("E616", declarator.at, f"a variable cannot be of type {kind}", expected=expected,
                             notes=notes)  # fmt: skip
        return WrongType()

    def initial(self, variable: Variable, expression: Expr | None) -> Node | None:
        """The constant a variable starts with."""
        if expression is None:
            return None
        context, at = self._context, expression.at
        value = self.expressions.value(expression)
        if isinstance(variable.type, AggregateType | BagType | CallableType):
            context.report("E616", at, f"a variable of type {variable.type} has no initial value", expected="`;`")
            return None
        notes = ("it is set once, when the script is loaded; assign it in the body otherwise",)
        if isinstance(variable.type, StringType):
            node = text(context, value, f"the initial value of `{variable.name}`")
            if not isinstance(node, Word) or not node.text.startswith('"'):
                context.report(
                    "E614", at, "the initial value is not constant", expected="a string literal", notes=notes
                )
                return None
            return node
        node = number(context, value, f"the initial value of `{variable.name}`")
        found = constant(node)
        if found is None:
            context.report(
                "E614", at, "the initial value is not constant", expected="numbers and operators", notes=notes
            )
            return None
        return Number(found, at)
