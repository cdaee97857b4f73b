# SPDX-License-Identifier: GPL-2.0-or-later
"""The trace of the interpreter, for work on the language: `vp` among the words of VPTOP_TRACE asks for it.

Each operation of each firing is a line on standard error, with the top of the stack before it:

    a.vp:12:3  VMM1Hz  GET_INTEGER     x  top 0x5

A firing takes many times as long then; a program that is not traced pays nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

from engine.machine.trace import words
from engine.vp.codegen.disassemble import operation_at
from engine.vp.program import Program

VP = "vp"


def is_wanted(environment: str | None = None) -> bool:
    """Whether VPTOP_TRACE asks for it."""
    return VP in words(environment)


def tracer(program: Program, out: TextIO | None = None) -> Callable[[int, int, int], None]:
    """What the core is to call for each operation of a program.

    Args:
        program: of which the core tells offsets.
        out: where lines go; standard error when it is not given.
    """

    def told(probe: int, pc: int, top: int) -> None:
        place = program.place(pc)
        where = f"{place.file}:{place.span.line}:{place.span.column}" if place else program.name
        name, (operation, _) = program.probes[probe].point.name, operation_at(program, pc)
        print(f"{where}  {name}  {operation}  top {top:#x}", file=out or sys.stderr)

    return told
