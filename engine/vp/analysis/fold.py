# SPDX-License-Identifier: GPL-2.0-or-later
"""Constant folding in unsigned 64-bit arithmetic, with the results of the core."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import reduce

from engine.core.opcodes import Op
from engine.vp.syntax.ast import Call, Expr, Integer
from engine.vp.tables.builtins import BUILTINS, SYNONYMS, Builtin

MASK = (1 << 64) - 1

BINARY: dict[Op, Callable[[int, int], int]] = {
    Op.ADD: lambda a, b: a + b & MASK,
    Op.SUB: lambda a, b: a - b & MASK,
    Op.MUL: lambda a, b: a * b & MASK,
    Op.DIV: lambda a, b: a // b,
    Op.MOD: lambda a, b: a % b,
    Op.AND: lambda a, b: a & b,
    Op.OR: lambda a, b: a | b,
    Op.XOR: lambda a, b: a ^ b,
    Op.SHL: lambda a, b: a << b & MASK if b < 64 else 0,
    Op.SHR: lambda a, b: a >> b if b < 64 else 0,
    Op.EQ: lambda a, b: int(a == b),
    Op.NE: lambda a, b: int(a != b),
    Op.LT: lambda a, b: int(a < b),
    Op.LE: lambda a, b: int(a <= b),
    Op.GT: lambda a, b: int(a > b),
    Op.GE: lambda a, b: int(a >= b),
}
UNARY: dict[Op, Callable[[int], int]] = {
    Op.NEG: lambda a: -a & MASK,
    Op.INV: lambda a: ~a & MASK,
    Op.NOT: lambda a: int(not a),
}


def operator(expression: Call, own: Container[str]) -> Builtin | None:
    """The operator that a call names; `own` are the script's functions, which may have the name of a synonym."""
    name = expression.function.name
    if name in own:
        return None
    builtin = BUILTINS.get(SYNONYMS.get(name, name))
    return builtin if builtin is not None and builtin.kind == "operator" else None


def constant(expression: Expr, own: Container[str]) -> int | None:
    """The value of an expression of literals; None for any other expression, and for a division by zero.

    `own` are the names of the script's functions.
    """
    if isinstance(expression, Integer):
        return expression.value
    if not isinstance(expression, Call):
        return None
    builtin = operator(expression, own)
    if builtin is None or not expression.args:
        return None
    values = [constant(argument, own) for argument in expression.args]
    known = [value for value in values if value is not None]
    if builtin.name in ("&&", "||"):
        return _logical(builtin.name, values)
    if len(known) != len(values):
        return None
    if len(known) == 1:
        unary = builtin.unary or builtin.op
        return UNARY[unary](known[0]) if unary in UNARY else None
    if builtin.op in (Op.DIV, Op.MOD) and 0 in known[1:]:
        return None
    return reduce(BINARY[builtin.op], known)


def _logical(name: str, values: list[int | None]) -> int | None:
    decisive = name == "||"
    for value in values:
        if value is None:
            return None
        if bool(value) is decisive:
            return int(decisive)
    return int(not decisive)
