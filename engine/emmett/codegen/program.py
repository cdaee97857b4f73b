# SPDX-License-Identifier: GPL-2.0-or-later
"""An analysed program as VP text, in the order of the original compiler."""

from __future__ import annotations

from engine.emmett.analysis.nodes import Number, Word
from engine.emmett.analysis.symbols import Symbols, Variable
from engine.emmett.codegen.layout import Writer
from engine.emmett.types.types import AggregateType, BagType, StringType

VERSION = "(version 1.0)\n"


def write_program(symbols: Symbols, writer: Writer) -> None:
    """Write variables, then functions, then probes."""
    writer.put(VERSION)
    for variable in symbols.globals():
        writer.line(_definition(variable), variable.at)
    for function in symbols.functions.values():
        if function.body is not None:
            parameters = " ".join(one.vp_name for one in function.parameters)
            name_at = function.tree.declarator.at
            writer.body("defun", f"{function.vp_name} ({parameters})", name_at, function.body, function.tree.at)
    for probe in symbols.probes:
        writer.body("vprobe", probe.point, probe.name_at, probe.body, probe.at)


def _definition(variable: Variable) -> str:
    name, initial = variable.vp_name, variable.initial
    match variable.type:
        case StringType():
            return f"(defstring {name} {initial.text})" if isinstance(initial, Word) else f"(defstring {name})"
        case AggregateType(integers, strings):
            return f"(defaggr {name} {integers} {strings})"
        case BagType(pairs):
            return f"(defbag {name} {pairs})"
        case _:
            value = initial.value if isinstance(initial, Number) else None
            return f"(definteger {name})" if value is None else f"(definteger {name} {_signed(value)})"


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
