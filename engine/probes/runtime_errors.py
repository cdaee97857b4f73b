# SPDX-License-Identifier: GPL-2.0-or-later
"""Run-time errors of scripts in words. Each ended the firing in which it happened; the guest went on."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from engine.core.binding import lib
from engine.core.variables import Variable

STACK_BYTES = lib.VPC_STACK_SLOTS * 8
MAX_CALLS = lib.VPC_MAX_CALLS
CALL_DEPTH = lib.VPC_CALL_DEPTH
PRINT_BYTES = lib.VPC_PRINT_BYTES


class Fault(IntEnum):
    """VPC_RT_* of vpcore.h."""

    NONE = 0
    UNMAPPED = 1
    PHYSICAL = 2
    STACK = 3
    DIVIDE = 4
    NO_VCPU = 5
    STEPS = 6
    FORMAT = 7
    NO_PATTERN = 8
    TOO_LONG = 9
    RETURNS = 10


def _variable(number: int) -> str:
    return Variable(number).name if number in Variable.__members__.values() else f"variable {number}"


def _bad_format(detail: int) -> str:
    """The number of a conversion, or above 32 bits the letter that is none."""
    letter, number = chr(detail >> 32 & 0xFF), detail & 0xFFFFFFFF
    if number:
        return f"conversion {number} of the format, which was made at run time, has no argument of its type"
    what = f"%{letter}" if letter.isprintable() and letter != "\0" else "% at its end"
    return f"the format, which was made at run time, has a {what}, which is no conversion"


def _too_deep(slots: int) -> str:
    if not slots:
        return f"recursion too deep: more than {CALL_DEPTH} calls within each other"
    return f"recursion too deep: needs {slots * 8} bytes of the {STACK_BYTES}-byte VP stack"


_TEXTS: dict[Fault, Callable[[int], str]] = {
    Fault.UNMAPPED: lambda address: f"guest address {address:#x} is not mapped",
    Fault.PHYSICAL: lambda address: f"guest physical address {address:#x} is not memory",
    Fault.STACK: _too_deep,
    Fault.TOO_LONG: lambda _: f"the text is longer than the {PRINT_BYTES} bytes of a printf; nothing of it was printed",
    Fault.DIVIDE: lambda _: "division by zero",
    Fault.NO_VCPU: lambda number: f"{_variable(number)} is VCPU state: no access to it on non-vcpu vmx threads",
    Fault.STEPS: lambda _: f"the firing made more than {MAX_CALLS} function calls",
    Fault.FORMAT: _bad_format,
    Fault.NO_PATTERN: lambda address: f"the code pattern is not found from {address:#x} on",
    Fault.RETURNS: lambda address: f"a return to {address:#x} will not be seen: too many calls or callers at once",
}


def describe(kind: int, detail: int) -> str:
    """One run-time error as a sentence. `detail` is the core's: an address, a variable, a size, by kind."""
    try:
        return _TEXTS[Fault(kind)](detail)
    except (KeyError, ValueError):
        return f"run-time error {kind} ({detail:#x})"
