# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of the run-time errors of scripts. A run-time error ends the firing in which it happens."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.binding import lib
from engine.core.runtime_errors import RuntimeErrorKind
from engine.core.variables import Variable
from engine.text import escape

STACK_BYTES = lib.VPC_STACK_SLOTS * 8
MAX_CALLS = lib.VPC_MAX_CALLS
CALL_DEPTH = lib.VPC_CALL_DEPTH
PRINT_BYTES = lib.VPC_PRINT_BYTES


def _variable(number: int) -> str:
    return Variable(number).name if number in Variable.__members__.values() else f"variable {number}"


def _bad_format(detail: int) -> str:
    """`detail` is the number of a conversion, or, in its upper 32 bits, the letter of an invalid one."""
    letter, number = chr(detail >> 32 & 0xFF), detail & 0xFFFFFFFF
    if number:
        return f"conversion {number} of a computed format has no argument of its type"
    what = f"invalid conversion `%{escape(letter)}`" if letter != "\0" else "incomplete conversion `%`"
    return f"{what} in a computed format"


def _too_deep(slots: int) -> str:
    if not slots:
        return f"recursion too deep: more than {CALL_DEPTH} nested calls"
    return f"recursion too deep: needs {slots * 8} bytes of the {STACK_BYTES}-byte VP stack"


_TEXTS: dict[RuntimeErrorKind, Callable[[int], str]] = {
    RuntimeErrorKind.UNMAPPED: lambda address: f"guest address {address:#x} is not mapped",
    RuntimeErrorKind.PHYSICAL: lambda address: f"guest physical address {address:#x} is not memory",
    RuntimeErrorKind.STACK: _too_deep,
    RuntimeErrorKind.TOO_LONG: lambda _: f"the text of a printf exceeds {PRINT_BYTES} bytes; nothing was printed",
    RuntimeErrorKind.DIVIDE: lambda _: "division by zero",
    RuntimeErrorKind.NO_VCPU: lambda number: (
        f"{_variable(number)} is VCPU state: no access to it on non-vcpu vmx threads"
    ),
    RuntimeErrorKind.STEPS: lambda _: f"more than {MAX_CALLS} function calls in one firing",
    RuntimeErrorKind.FORMAT: _bad_format,
    RuntimeErrorKind.NO_PATTERN: lambda address: f"no matching code at or behind {address:#x}",
    RuntimeErrorKind.ABSENT: lambda number: f"number {number:#x} names nothing that can be read here",
    RuntimeErrorKind.RETURNS: lambda address: f"a return to {address:#x} will be missed: too many calls or callers",
}


def describe(kind: int, detail: int) -> str:
    """The message of a run-time error. `detail` comes from the core: an address, a variable or a size, by kind."""
    try:
        return _TEXTS[RuntimeErrorKind(kind)](detail)
    except (KeyError, ValueError):
        return f"run-time error {kind} ({detail:#x})"
