# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls: functions of the program, of the guest's prelude, and built-in ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.folding import unary
from engine.emmett.analysis.library import CAUGHT, OPERATORS, Kind, Library, usage
from engine.emmett.analysis.nodes import Cond, Form, Node, Word, sequence
from engine.emmett.analysis.symbols import Function
from engine.emmett.analysis.values import Value, nothing, number, text
from engine.emmett.syntax.ast import Call, Expr, Name, String
from engine.emmett.types.types import (
    INT64,
    STRING,
    VOID,
    StringType,
    WrongType,
    is_number,
)
from engine.vp.analysis.formats import Conversion, valid_conversions
from engine.vp.syntax.ast import String as VpString
from engine.vp.syntax.literals import string_value
from engine.vp.tables.builtins import Type as ValueType
from engine.vp.tables.elsewhere import ABSENT_FUNCTIONS

if TYPE_CHECKING:
    from engine.emmett.analysis.expressions import Expressions


class Calls:
    """Analyses the calls of one program."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self._context = context
        self._expressions = expressions

    def call(self, expression: Call) -> Value:
        """The result of a call."""
        name = expression.function.name
        user = self._context.symbols.functions.get(name)
        if user is not None:
            return self._user(expression, user)
        if name == "assert":
            return self._assert(expression)
        if name in CAUGHT:
            return self._caught(expression)
        library = self._context.functions.get(name)
        if library is not None:
            return self._library(expression, library)
        self._unknown(expression)
        return nothing(expression.at)

    def _caught(self, expression: Call) -> Value:
        """What `try` caught last."""
        if expression.args:
            self._wrong_count(expression, "0", f"`{expression.function.name}()`")
        return Value(STRING, Word(CAUGHT[expression.function.name], expression.at), expression.at)

    def _unknown(self, expression: Call) -> None:
        name, at = expression.function.name, expression.function.at
        if name in ABSENT_FUNCTIONS:
            self._context.report("E631", at, f"no function `{name}` here: {ABSENT_FUNCTIONS[name]}")
            return
        if name in OPERATORS:
            self._context.report("E620", at, f"`{name}` is a function of VP only", notes=(OPERATORS[name],))
            return
        for argument in expression.args:
            self._expressions.value(argument)
        known = [*self._context.symbols.functions, *self._context.functions, *CAUGHT, "assert"]
        self._context.report("E620", at, f"unknown function `{name}`", expected="a function", near=(name, known))

    def _user(self, expression: Call, callee: Function) -> Value:
        at, parameters = expression.at, callee.parameters
        if len(expression.args) != len(parameters):
            called = f"{callee.name}({', '.join(f'{one.type} {one.name}' for one in parameters)})"
            self._wrong_count(expression, f"{len(parameters)}", f"`{called}`")
        args: list[Node] = []
        for number_, argument in enumerate(expression.args):
            value = self._expressions.value(argument)
            if number_ < len(parameters):
                why = f"argument {number_ + 1} of `{callee.name}`"
                is_text = isinstance(parameters[number_].type, StringType)
                args.append((text if is_text else number)(self._context, value, why))
        return Value(callee.result, Form(callee.vp_name, tuple(args), at), at)

    def _wrong_count(self, expression: Call, takes: str, expected: str) -> None:
        name, given = expression.function.name, len(expression.args)
        message = f"`{name}` takes {takes} argument{'' if takes.endswith(' 1') or takes == '1' else 's'}; {given} given"
        self._context.report("E622", expression.at, message, expected=expected)

    # --- functions without a declaration ---

    def _library(self, expression: Call, callee: Library) -> Value:
        at, wanted, given = expression.at, len(callee.parameters), len(expression.args)
        short_form = callee.omitted is not None and given == wanted - 1
        if (given < wanted and not short_form) or (given > wanted and not callee.is_open):
            takes = f"at least {wanted}" if callee.is_open else str(wanted)
            self._wrong_count(expression, takes, f"`{usage(callee)}`")
        if callee.parameters[:1] == (Kind.AGGREGATE,):
            return self._on_aggregates(expression, callee)
        kinds = tuple(kind for n, kind in enumerate(callee.parameters) if not short_form or n != callee.omitted)
        args: list[Node] = []
        for position, argument in enumerate(expression.args):
            why = f"argument {position + 1} of `{callee.name}`"
            if position < len(kinds):
                args.append(self._argument(argument, kinds[position], why))
        rest = expression.args[len(kinds) :]
        formats = self._formats(expression, kinds)
        for position, argument in enumerate(rest):
            args.append(self._open_argument(argument, None if formats is None else formats[position : position + 1]))
        return Value(callee.result, Form(callee.name, tuple(args), at), at)

    def _argument(self, argument: Expr, kind: Kind, why: str) -> Node:
        if kind is Kind.TARGET:
            return self._target(argument, why)
        value = self._expressions.value(argument)
        return (number if kind is Kind.INTEGER else text)(self._context, value, why)

    def _target(self, argument: Expr, why: str) -> Node:
        """A string that is written."""
        variable = self._context.find(argument.name) if isinstance(argument, Name) else None
        if isinstance(argument, Name) and variable is None:
            variable = self._expressions.names.string(argument)
        if variable is None or not isinstance(variable.type, StringType):
            message = f"{why} is written and must be a string variable"
            self._context.report("E621", argument.at, message, expected="a string variable")
            return Word('""', argument.at)
        variable.is_assigned = True
        return Word(variable.vp_name, argument.at)

    def _on_aggregates(self, expression: Call, callee: Library) -> Value:
        forms: list[Node] = []
        for argument in expression.args:
            variable = self._expressions.names.aggregate(argument) if isinstance(argument, Name) else None
            if not isinstance(argument, Name):
                self._context.report("E621", argument.at, f"`{callee.name}` takes an aggregate", expected="its name")
            elif variable is not None:
                forms.append(Form(callee.name, (Word(variable.vp_name, argument.at),), expression.at))
        return Value(INT64, sequence(forms, expression.at), expression.at)

    # --- formats ---

    def _formats(self, expression: Call, kinds: tuple[Kind, ...]) -> list[Conversion] | None:
        """The conversions of a literal format; None when nothing is known of them."""
        where = kinds.index(Kind.FORMAT) if Kind.FORMAT in kinds else len(expression.args)
        template = expression.args[where] if where < len(expression.args) else None
        if not isinstance(template, String):
            return None
        literal, at = VpString(string_value(f'"{template.text}"'), template.at.span), template.at
        return valid_conversions(literal, at.source, self._context.findings)

    def _open_argument(self, argument: Expr, conversion: list[Conversion] | None) -> Node:
        """An argument behind a format, of the type its conversion wants."""
        value = self._expressions.value(argument)
        wanted = conversion[0] if conversion else None
        if wanted is not None:
            why = f"the argument of {wanted.text}"
            return (text if wanted.type is ValueType.STRING else number)(self._context, value, why)
        if isinstance(value.type, StringType | WrongType) or is_number(value.type):
            return value.node
        return number(self._context, value, "this argument")

    # --- assert ---

    def _assert(self, expression: Call) -> Value:
        """`assert(condition, "format", …)`: prints the line and ends the firing if the condition is 0."""
        at = expression.at
        if not expression.args:
            self._wrong_count(expression, "at least 1", "`assert(condition, format, …)`")
            return nothing(at)
        condition, *rest = expression.args
        checked = self._expressions.condition(condition, "a condition")
        line = f"line {at.span.line}"
        if not rest:
            message: Node = Form("printf", (Word(f'"{line}\\n"', at),), at)
        elif isinstance(rest[0], String):
            template = String(f"{line}: {rest[0].text}\\n", rest[0].at)
            printed = Call(Name("printf", at), (template, *rest[1:]), at)
            message = self.call(printed).node
        else:
            self._context.report(
                "E621", rest[0].at, "the message of `assert` is not a literal", expected="a string literal"
            )
            return nothing(at)
        failed = Form("do", (message, Form("exit", (), at)), at)
        return Value(VOID, Cond(((unary("!", checked, at), failed),), at), at)
