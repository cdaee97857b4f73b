# SPDX-License-Identifier: GPL-2.0-or-later
"""Second pass: the names and types of every expression."""

from __future__ import annotations

from collections.abc import Mapping

from engine.vp.analysis.calls import check_call
from engine.vp.analysis.constraints import Constraint
from engine.vp.analysis.definitions import check_length
from engine.vp.analysis.scope import Rule, Scope
from engine.vp.analysis.symbols import Symbols
from engine.vp.analysis.types import Origin, Slot, merge
from engine.vp.diagnostics.source import Findings
from engine.vp.diagnostics.wording import count
from engine.vp.limits import Limits
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Broken,
    Call,
    Cond,
    Do,
    Integer,
    Name,
    Set,
    String,
    Try,
)
from engine.vp.tables.builtins import Type
from engine.vp.tables.variables import VARIABLES


def check(symbols: Symbols, findings: Findings, limits: Limits) -> dict[int, Slot]:
    """Check every function and probe; returns the type of each expression by its identity."""
    scope = Scope(symbols, findings, limits, RULES)
    for function in (*symbols.functions.values(), *symbols.refused):
        scope.enter(function.source, function)
        last = scope.sequence(function.form.body)
        role = f"the result of {function.form.name.name}"
        if last.root().mixed is not None:
            function.result.root().mixed = last.root().mixed
        else:
            span = function.form.body[-1].span
            scope.constraints.solve(Constraint(function.source, span, function.result, last, role))
    scope.constraints.solve_deferred()
    for probe in symbols.probes:
        scope.enter(probe.source, None)
        for expression in probe.form.body:
            scope.discard(expression)
        scope.constraints.solve_deferred()
    symbols.spread_written()
    return scope.types


# --- atoms ---


def _string(scope: Scope, literal: String) -> Slot:
    check_length(literal.value, scope.limits, scope.findings, scope.source, literal.span)
    return scope.slot(Type.STRING, literal.span, "a string literal")


def _name(scope: Scope, expression: Name) -> Slot:
    name, symbols = expression.name, scope.symbols
    position = scope.parameter_position(expression)
    if position is not None and scope.function is not None:
        return scope.function.parameters[position].root()
    if name in symbols.integers:
        return scope.slot(Type.INTEGER, symbols.integers[name][1].name.span, f"the integer variable {name}")
    if name in symbols.strings:
        return scope.slot(Type.STRING, symbols.strings[name][1].name.span, f"the string variable {name}")
    if name in VARIABLES:
        return _variable(scope, expression)
    scope.unknown.value(expression, scope.parameters, string_required=scope.string_required)
    return Slot()


def _variable(scope: Scope, expression: Name) -> Slot:
    row, vendor = VARIABLES[expression.name], scope.limits.hv_vendor
    if row.vendor and row.vendor != vendor:
        message = f"{row.name} exists on {_VENDORS[row.vendor]} processors only; this one is {_VENDORS[vendor]}"
        scope.add("E210", expression.span, message, expected=f"a {_PREFIXES[vendor]} variable")
    return Slot(row.type, Origin(f"the built-in variable {row.name}"))


_VENDORS = {"intel": "Intel", "amd": "AMD"}
_PREFIXES = {"intel": "VMCS_", "amd": "VMCB_"}


# --- forms ---


def _broken(scope: Scope, expression: Broken) -> Slot:
    scope.infer_all(expression.parts)
    return Slot()


def _set(scope: Scope, expression: Set) -> Slot:
    word, kind = ("setstr", Type.STRING) if expression.string else ("setint", Type.INTEGER)
    target = expression.target
    if target.name in VARIABLES:
        scope.report_read_only(target)
    elif not scope.unknown.target(target, scope.parameters, "defstring" if expression.string else "definteger"):
        scope.require(target, kind, f"the variable of {word}")
        if expression.string:
            scope.mark_written(target)
    scope.require(expression.value, kind, f"the value of {word}")
    return scope.slot(Type.INTEGER, expression.span, f"the result of {word}")


def _cond(scope: Scope, expression: Cond) -> Slot:
    slot: Slot | None = None
    for condition, value in expression.pairs:
        scope.require(condition, Type.INTEGER, "a condition")
        found = scope.infer(value)
        slot = found if slot is None else merge(slot, found)
    assert slot is not None  # noqa: S101 - the parser requires a pair
    return slot


def _try(scope: Scope, expression: Try) -> Slot:
    return merge(scope.infer(expression.body), scope.infer(expression.handler))


def _do(scope: Scope, expression: Do) -> Slot:
    if not expression.body:
        return scope.slot(Type.INTEGER, expression.span, "an empty do")
    return scope.sequence(expression.body)


def _aggr(scope: Scope, expression: Aggr) -> Slot:
    name = expression.target.name
    for kind, keys in ((Type.INTEGER, expression.integers), (Type.STRING, expression.strings)):
        for key in keys:
            scope.require(key, kind, f"each {kind.value} key of {name}")
    scope.require(expression.value, Type.INTEGER, f"the value added to {name}")
    if name not in scope.symbols.aggregates:
        scope.unknown.store(expression.target, "aggregate", "defaggr", scope.symbols.aggregates, scope.parameters)
    else:
        form = scope.symbols.aggregates[name][1]
        takes, given = (form.integer_keys, form.string_keys), (len(expression.integers), len(expression.strings))
        if takes != given:
            integers, strings = " ".join(takes[0] * ["INTEGER"]), " ".join(takes[1] * ["STRING"])
            scope.add(
                "E305", expression.span, f"{name} takes {_keys(takes)}; {_keys(given)} given",
                expected=f"(aggr {name} ({integers}) ({strings}) VALUE)",
                notes=(f"{name} is defined on line {form.span.line}",),
            )  # fmt: skip
    return scope.slot(Type.INTEGER, expression.span, "the result of aggr")


def _command(scope: Scope, expression: AggregateCommand) -> Slot:
    if expression.target.name not in scope.symbols.aggregates:
        scope.unknown.store(expression.target, "aggregate", "defaggr", scope.symbols.aggregates, scope.parameters)
    return scope.slot(Type.INTEGER, expression.span, f"the result of {'clear' if expression.clear else 'log'}aggr")


def _baginsert(scope: Scope, expression: BagInsert) -> Slot:
    _bag(scope, expression.target)
    scope.require(expression.key, Type.INTEGER, "the key of a pair")
    scope.require(expression.value, Type.INTEGER, "the value of a pair")
    return scope.slot(Type.INTEGER, expression.span, "the result of baginsert")


def _bagremove(scope: Scope, expression: BagRemove) -> Slot:
    _bag(scope, expression.target)
    scope.require(expression.key, Type.INTEGER, "the key of a pair")
    return scope.slot(Type.INTEGER, expression.span, "the result of bagremove")


def _bag(scope: Scope, target: Name) -> None:
    if target.name not in scope.symbols.bags:
        scope.unknown.store(target, "bag", "defbag", scope.symbols.bags, scope.parameters)


def _keys(counts: tuple[int, int]) -> str:
    return f"{count(counts[0], 'integer key')} and {count(counts[1], 'string key')}"


RULES: Mapping[type, Rule] = {
    Integer: lambda scope, literal: scope.slot(Type.INTEGER, literal.span, "an integer literal"),
    String: _string,
    Name: _name,
    Call: check_call,
    Set: _set,
    Cond: _cond,
    Try: _try,
    Do: _do,
    Aggr: _aggr,
    AggregateCommand: _command,
    BagInsert: _baginsert,
    BagRemove: _bagremove,
    Broken: _broken,
}
