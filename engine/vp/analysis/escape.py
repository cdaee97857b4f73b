# SPDX-License-Identifier: GPL-2.0-or-later
"""Escape analysis of strings: which functions may return a string that lives in their own frame.

Strings are passed by reference. A literal passed to a function that writes its parameter is first copied to the frame
of the caller. When that caller returns the string, the frame is gone: its own caller must copy the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.vp.analysis.symbols import Symbols
from engine.vp.syntax.ast import Call, Cond, Do, Expr, Name, Try
from engine.vp.tables.builtins import Type
from engine.vp.tables.variables import VARIABLES


def is_writable_string(argument: Expr) -> bool:
    """Whether a callee may write to the string itself: a variable, or a parameter, which the caller's caller passed."""
    return isinstance(argument, Name) and argument.name not in VARIABLES


def functions_returning_locals(symbols: Symbols) -> frozenset[str]:
    """Names of the functions whose result may be a string of their own frame."""
    calls = {
        name: [call for call in _last_calls(function.form.body[-1]) if call.function.name in symbols.functions]
        for name, function in symbols.functions.items()
        if function.result.resolved() is Type.STRING
    }
    found = {name for name, last in calls.items() if any(_copies(call, symbols) for call in last)}
    while more := {n for n, last in calls.items() if n not in found and any(c.function.name in found for c in last)}:
        found |= more
    return frozenset(found)


def _last_calls(expression: Expr) -> Iterator[Call]:
    """The calls whose value may be that of an expression."""
    if isinstance(expression, Call):
        yield expression
    elif isinstance(expression, Do) and expression.body:
        yield from _last_calls(expression.body[-1])
    elif isinstance(expression, Cond):
        for _, value in expression.pairs:
            yield from _last_calls(value)
    elif isinstance(expression, Try):
        yield from _last_calls(expression.body)
        yield from _last_calls(expression.handler)


def _copies(call: Call, symbols: Symbols) -> bool:
    written = symbols.functions[call.function.name].written
    return any(position in written and not is_writable_string(arg) for position, arg in enumerate(call.args))
