# SPDX-License-Identifier: GPL-2.0-or-later
"""Which functions may return a string that ends with them.

Strings go by reference. A literal handed to a function that writes its parameter is first copied to the frame of the
caller, and when the caller returns what it got back, the copy would be gone: whoever called it must copy in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.vp.analysis.symbols import Symbols
from engine.vp.syntax.ast import Call, Cond, Do, Expr, Name
from engine.vp.tables.builtins import Type


def is_string_place(argument: Expr) -> bool:
    """A string a callee may write to: a variable, or a parameter (whose own caller has seen to it)."""
    return isinstance(argument, Name) and argument.name != "PROBENAME"


def fleeting_results(symbols: Symbols) -> frozenset[str]:
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
    """The calls whose value an expression may have."""
    if isinstance(expression, Call):
        yield expression
    elif isinstance(expression, Do):
        yield from _last_calls(expression.body[-1])
    elif isinstance(expression, Cond):
        for _, value in expression.pairs:
            yield from _last_calls(value)


def _copies(call: Call, symbols: Symbols) -> bool:
    written = symbols.functions[call.function.name].written
    return any(position in written and not is_string_place(arg) for position, arg in enumerate(call.args))
