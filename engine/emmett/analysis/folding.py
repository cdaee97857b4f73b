# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators: constants are computed as VP computes, 64 bits without sign, and chains become one form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from engine.emmett.analysis.nodes import MASK, Form, Node, Number
from engine.emmett.syntax.location import Location
from engine.vp.analysis.fold import BINARY, UNARY
from engine.vp.limits import Limits
from engine.vp.tables.builtins import BUILTINS

_FOLDED = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}
_LEFT = {"+", "-", "*", "/", "|", "&", "^", "<", ">", "<=", ">=", "==", "!="}
"""Operators of which VP takes a chain in one form, from left to right."""
_EITHER = {"+", "*", "|", "&", "^"}
"""Those for which it does not matter what is done first."""
_MOST_OPERANDS = Limits().arguments
_NEUTRAL: Mapping[str, int] = {
    "+": 0, "-": 0, "|": 0, "^": 0, "<<": 0, ">>": 0, "*": 1, "/": 1, "&": MASK,
}  # fmt: skip
"""Right operands that change nothing."""


def binary(op: str, left: Node, right: Node, at: Location) -> Node:
    """`left op right`; the caller has refused a constant divisor of zero."""
    if isinstance(left, Number) and isinstance(right, Number) and op in _FOLDED:
        return Number(BINARY[BUILTINS[op].op](left.value, right.value), at)
    if isinstance(right, Number) and right.value == _NEUTRAL.get(op):
        return left
    if isinstance(left, Number) and op in _EITHER and left.value == _NEUTRAL[op]:
        return right
    if op == "+" and isinstance(right, Number) and isinstance(left, Form) and left.head == "+":
        *before, last = left.parts
        if isinstance(last, Number):  # members of members are at one offset
            return Form("+", (*before, Number(last.value + right.value & MASK, last.at)), at)
    parts = _operands(op, left, flat=op in _LEFT) + _operands(op, right, flat=op in _EITHER)
    return Form(op, parts if len(parts) <= _MOST_OPERANDS else (left, right), at)


def _operands(op: str, node: Node, *, flat: bool) -> tuple[Node, ...]:
    """The operands of a chain; a unary minus is none."""
    if flat and isinstance(node, Form) and node.head == op and len(node.parts) > 1:
        return node.parts
    return (node,)


def is_nested(operand: Node, result: Node) -> bool:
    """Whether an operator made its left operand one level deeper, instead of making one form or number of both."""
    if result is operand or not isinstance(operand, Form) or not isinstance(result, Form):
        return False
    return result.head not in _LEFT or any(part is operand for part in result.parts)


def unary(op: str, operand: Node, at: Location) -> Node:
    """`op operand` for one of `- ~ !`."""
    builtin = BUILTINS[op]
    if isinstance(operand, Number):
        return Number(UNARY[builtin.unary or builtin.op](operand.value), at)
    return Form(op, (operand,), at)


def constant(node: Node) -> int | None:
    """The value of operators and numbers; None when it is known only at run time."""
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Form) or node.head not in BUILTINS or BUILTINS[node.head].kind != "operator":
        return None
    values = [constant(part) for part in node.parts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or (node.head in ("/", "%") and 0 in known[1:]):
        return None
    if node.head in ("&&", "||"):
        return int(all(known) if node.head == "&&" else any(known))
    builtin = BUILTINS[node.head]
    if len(known) == 1:
        return UNARY[builtin.unary or builtin.op](known[0])
    return reduce(BINARY[builtin.op], known)
