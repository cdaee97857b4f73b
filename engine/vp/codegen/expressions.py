# SPDX-License-Identifier: GPL-2.0-or-later
"""Code of every kind of expression but calls (the core's opcodes.h documents the operations)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.opcodes import Op
from engine.vp.codegen.body import BodyCompiler, Rule
from engine.vp.codegen.calls import emit_call
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Call,
    Cond,
    Do,
    Integer,
    Name,
    Set,
    String,
    Try,
)
from engine.vp.tables.variables import VARIABLES


def _name(body: BodyCompiler, expression: Name) -> None:
    name, symbols = expression.name, body.symbols
    if name in body.parameters:
        body.code.emit(Op.GET_LOCAL, body.parameters[name])
    elif name in symbols.integers:
        body.code.emit(Op.GET_INTEGER, symbols.integers[name][0])
    elif name in symbols.strings:
        body.code.emit(Op.GET_STRING, symbols.strings[name][0])
    else:
        number = VARIABLES[name].number
        body.mark(expression)
        if number is None:
            body.code.emit(Op[name])
        else:
            body.code.emit(Op.VARIABLE, number)


def _set(body: BodyCompiler, expression: Set) -> None:
    name = expression.target.name
    if expression.string:
        _name(body, expression.target)
        body.value(expression.value)
        body.code.emit(Op.COPY_STRING)
        return
    body.value(expression.value)
    if name in body.parameters:
        body.code.emit(Op.SET_LOCAL, body.parameters[name])
    else:
        body.code.emit(Op.SET_INTEGER, body.symbols.integers[name][0])


def _aggr(body: BodyCompiler, expression: Aggr) -> None:
    for key in (*expression.integers, *expression.strings):
        body.value(key)
    body.value(expression.value)
    taken = len(expression.integers) + len(expression.strings) + 1
    body.code.emit(Op.AGGREGATE, body.symbols.aggregates[expression.target.name][0], effect=1 - taken)


def _command(body: BodyCompiler, expression: AggregateCommand) -> None:
    op = Op.CLEAR_AGGREGATE if expression.clear else Op.LOG_AGGREGATE
    body.code.emit(op, body.symbols.aggregates[expression.target.name][0])


def _baginsert(body: BodyCompiler, expression: BagInsert) -> None:
    body.value(expression.key)
    body.value(expression.value)
    body.code.emit(Op.BAG_INSERT, body.symbols.bags[expression.target.name][0])


def _bagremove(body: BodyCompiler, expression: BagRemove) -> None:
    body.value(expression.key)
    body.code.emit(Op.BAG_REMOVE, body.symbols.bags[expression.target.name][0])


RULES: Mapping[type, Rule] = {
    Integer: lambda body, literal: body.code.integer(literal.value),
    String: lambda body, literal: body.code.emit(Op.LITERAL, body.code.literal(literal.value)),
    Name: _name,
    Call: emit_call,
    Set: _set,
    Try: lambda body, expression: body.guarded(expression, used=True),
    Cond: lambda body, expression: body.branches(expression, used=True),
    Do: lambda body, expression: body.sequence(expression.body, used=True),
    Aggr: _aggr,
    AggregateCommand: _command,
    BagInsert: _baginsert,
    BagRemove: _bagremove,
}
