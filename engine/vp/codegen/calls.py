# SPDX-License-Identifier: GPL-2.0-or-later
"""Code of calls: of the script's functions, and of builtins by their rows."""

from __future__ import annotations

from engine.core.opcodes import Op
from engine.vp.analysis.escape import is_writable_string
from engine.vp.analysis.symbols import Function
from engine.vp.codegen.body import BodyCompiler
from engine.vp.codegen.emit import Label
from engine.vp.limits import Limits
from engine.vp.syntax.ast import Call, Expr
from engine.vp.tables.builtins import FORMAT, Builtin, Type, builtin_named

LONGEST_STRING = Limits().string_bytes - 1
_MAY_FAIL = (Op.DIV, Op.MOD)
"""operators whose run-time errors need a place"""


def emit_call(body: BodyCompiler, call: Call) -> None:
    """Emit a call of anything."""
    user = body.symbols.functions.get(call.function.name)
    if user is not None:
        _user_call(body, call, user)
        return
    builtin = builtin_named(call.function.name)
    assert builtin is not None  # noqa: S101 - the checker has seen it
    if builtin.shortcut is not None:
        _logical(body, call, builtin.shortcut)
    elif builtin.kind == "operator":
        _operator(body, call, builtin)
    elif builtin.asserts:
        _assertion(body, call, builtin)
    elif FORMAT in builtin.parameters:
        _formatted(body, call, builtin.op, call.args, len(builtin.parameters))
    else:
        _function(body, call, builtin)


def _user_call(body: BodyCompiler, call: Call, callee: Function) -> None:
    for position, argument in enumerate(call.args):
        body.value(argument)
        if position in callee.written and not is_writable_string(argument):
            body.temporary()
    body.mark(call)
    body.code.emit(Op.CALL, callee.index, effect=1 - len(call.args))
    if callee.form.name.name in body.returning_locals:
        body.temporary()


def _function(body: BodyCompiler, call: Call, builtin: Builtin) -> None:
    omitted = builtin.omitted if len(call.args) < len(builtin.parameters) else None
    for position, argument in enumerate(call.args):
        if omitted is not None and position == omitted[0]:
            body.code.integer(omitted[1])
        body.value(argument)
    body.mark(call)
    body.code.emit(builtin.op)
    if builtin.never_returns:
        body.code.integer(0)  # never reached: a call leaves one value on the stack


def _operator(body: BodyCompiler, call: Call, builtin: Builtin) -> None:
    body.value(call.args[0])
    if len(call.args) == 1:
        body.code.emit(builtin.unary or builtin.op)
    for argument in call.args[1:]:
        body.value(argument)
        if builtin.op in _MAY_FAIL:
            body.mark(call)
        body.code.emit(builtin.op)


def _logical(body: BodyCompiler, call: Call, leave: Op) -> None:
    decided, end = Label(), Label()
    depth = body.code.depth
    for argument in call.args[:-1]:
        body.value(argument)
        body.code.jump(leave, decided)
    body.value(call.args[-1])
    body.code.emit(Op.BOOL, effect=0)
    body.code.jump(Op.JUMP, end)
    body.code.bind(decided, depth)
    body.code.integer(int(leave is Op.JUMP_NONZERO))
    body.code.bind(end, depth + 1)


def _assertion(body: BodyCompiler, call: Call, builtin: Builtin) -> None:
    condition, *message = call.args
    holds = Label()
    depth = body.code.depth
    body.value(condition)
    body.code.jump(Op.JUMP_NONZERO, holds)
    _print(body, f"{body.source.name}:{call.span.line}: assertion failed{': ' if message else ''}")
    if message:
        _formatted(body, call, builtin.op, tuple(message), 1)
        body.code.emit(Op.DROP)
    _print(body, "\n")
    body.code.emit(Op.EXIT)
    body.code.bind(holds, depth)
    body.code.integer(1)


def _print(body: BodyCompiler, text: str) -> None:
    body.code.emit(Op.LITERAL, body.code.literal(text.encode("utf-8", "surrogatepass")[:LONGEST_STRING]))
    body.code.emit(Op.LOG_STRING)
    body.code.emit(Op.DROP)


def _formatted(body: BodyCompiler, call: Call, op: Op, arguments: tuple[Expr, ...], fixed: int) -> None:
    """Arguments of which some are fixed, the last of these a format, and the others belong to it."""
    strings = 0
    for position, argument in enumerate(arguments):
        body.value(argument)
        if position >= fixed and body.type_of(argument) is Type.STRING:
            strings |= 1 << position - fixed
    body.mark(call)
    body.code.emit(op, len(arguments) - fixed, strings, effect=1 - len(arguments))
