# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks of calls: of the script's functions, of builtins by their rows, and of formats against their arguments."""

from __future__ import annotations

from engine.vp.analysis.formats import valid_conversions
from engine.vp.analysis.scope import Scope
from engine.vp.analysis.symbols import Function
from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.wording import count
from engine.vp.syntax.ast import Call, Expr, Name, String
from engine.vp.syntax.indentation import ends_too_late
from engine.vp.tables.builtins import FORMAT, Builtin, Parameter, Type, builtin_named
from engine.vp.tables.forms import OTHER_LANGUAGES
from engine.vp.tables.variables import VARIABLES

DEPENDENT = frozenset({"E107", "E202", "E207"})
"""Codes of diagnostics about arguments that depend on the function: some take lists or aggregates."""


def check_call(scope: Scope, call: Call) -> Slot:
    """The type of a call of anything."""
    name = call.function.name
    user = scope.symbols.functions.get(name)
    if user is not None:
        return _user_call(scope, call, user)
    builtin = builtin_named(name)
    if builtin is None:
        scope.infer_all(call.args)
        for argument in call.args if name not in OTHER_LANGUAGES else ():
            scope.findings.retract(scope.source, argument.span, DEPENDENT)
        scope.unknown.function(call.function, len(call.args))
        return Slot()
    most = scope.limits.arguments
    if len(call.args) > most:
        scope.add("E404", call.span, f"too many arguments: {len(call.args)}", expected=f"at most {most}")
    _builtin_call(scope, call, builtin)
    return scope.slot(Type.INTEGER, call.span, f"the result of {name}")


def _user_call(scope: Scope, call: Call, callee: Function) -> Slot:
    name, parameters = call.function.name, callee.form.parameters
    if len(call.args) != len(parameters):
        signature = f"({' '.join([name, *(parameter.name for parameter in parameters)])})"
        note = f"{name} is defined at {callee.source.name}:{callee.form.span.line}"
        _report_count(scope, call, count(len(parameters), "argument"), signature, note, len(parameters))
    for position, argument in enumerate(call.args):
        if position < len(parameters):
            role = f"parameter {parameters[position].name} of {name}"
            scope.constraints.defer(scope.constraint(argument, callee.parameters[position], role))
            passed = scope.parameter_position(argument)
            if passed is not None and scope.function is not None:
                scope.function.passes.add((passed, name, position))
        else:
            scope.infer(argument)
    return callee.result.root()


def _builtin_call(scope: Scope, call: Call, builtin: Builtin) -> None:
    name, given = call.function.name, len(call.args)
    least, most = builtin.least, builtin.most
    if given < least or (most is not None and given > most):
        accepted = f"at least {count(least, 'argument')}" if most is None else count(most, "argument")
        if most is not None and least < most:
            accepted = f"{least} or {accepted}"
        _report_count(scope, call, accepted, builtin.signature, f"for example {builtin.example}", most)
    for position, (argument, parameter) in enumerate(zip(call.args, builtin.parameters_of(given), strict=True)):
        _argument(scope, argument, parameter, f"argument {position + 1} of {name}")
        if parameter is FORMAT:
            _format_arguments(scope, call, argument, call.args[position + 1 :])
            return


def _argument(scope: Scope, argument: Expr, parameter: Parameter | None, role: str) -> None:
    match parameter:
        case None:
            scope.infer(argument)
        case Parameter.TARGET:
            _target(scope, argument, role)
        case Parameter.INTEGER:
            scope.require(argument, Type.INTEGER, role)
        case Parameter.STRING | Parameter.FORMAT:
            scope.require(argument, Type.STRING, role)


def _target(scope: Scope, argument: Expr, role: str) -> None:
    """A string that is written: a variable or a parameter."""
    if not isinstance(argument, Name):
        scope.infer(argument)
        scope.add("E207", argument.span, f"{role} must be a string variable to write to", expected="a string variable")
    elif argument.name in VARIABLES:
        scope.report_read_only(argument)
    elif not scope.unknown.target(argument, scope.parameters, "defstring"):
        scope.require(argument, Type.STRING, role)
        scope.mark_written(argument)


def _format_arguments(scope: Scope, call: Call, template: Expr, arguments: tuple[Expr, ...]) -> None:
    """Check the arguments of a format that is a literal; one that is computed is checked when it is used."""
    found = valid_conversions(template, scope.source, scope.findings) if isinstance(template, String) else None
    if found is None:
        scope.infer_all(arguments)
        return
    for argument, conversion in zip(arguments, found, strict=False):
        scope.require(argument, conversion.type, f"the {conversion.role} of `{conversion.text}`")
    surplus = arguments[len(found) :]
    scope.infer_all(surplus)
    if surplus and len(found) < scope.limits.arguments:
        unused = "unused argument" if len(surplus) == 1 else f"{len(surplus)} unused arguments"
        scope.add("W303", surplus[0].span, f"{unused}: the format takes {count(len(found), 'argument')}")
    if len(found) > len(arguments):
        missing = found[len(arguments)]
        message = f"missing {missing.role} for `{missing.text}`"
        note = f"the format takes {count(len(found), 'argument')}, {len(arguments) or 'none'} given"
        expected = f"one more argument, {'a string' if missing.type is Type.STRING else 'an integer'}"
        scope.add("E303", call.span, message, expected=expected, notes=(note,))


def _report_count(scope: Scope, call: Call, accepted: str, signature: str, note: str, most: int | None) -> None:
    given, span, fix = len(call.args), call.span, None
    notes = (note,) if signature not in note else ()
    if most is not None and given > most:
        before = call.args[most - 1] if most else call.function
        late = ends_too_late(scope.source, span, before.span, call.args[most].span)
        if late is not None:
            span, notes, fix = call.args[most].span, (*notes, late[0]), late[1]
    message = f"{call.function.name} takes {accepted}, {given or 'none'} given"
    scope.add("E302", span, message, expected=signature, notes=notes, fix=fix)
