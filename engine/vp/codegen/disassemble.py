# SPDX-License-Identifier: GPL-2.0-or-later
"""Listings of bytecode with the source lines it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from struct import calcsize, unpack_from

from engine.core.opcodes import OPERAND_KINDS, OPERANDS, Op
from engine.core.variables import Variable
from engine.text import quote
from engine.vp.diagnostics.files import split
from engine.vp.diagnostics.source import SourceText
from engine.vp.program import FunctionCode, ProbeCode, Program

_NAMED = {
    "INTEGER": "integers",
    "STRING": "strings",
    "FUNCTION": "functions",
    "AGGREGATE": "aggregates",
    "AGGREGATE_KEYS": "aggregates",
    "BAG": "bags",
}
"""Tables of a program that an operand of some kind indexes."""


def disassemble(program: Program, limit: int) -> str:
    """A listing of all bodies of a program; `limit` is vprobe.maxCodeBytes."""
    lines = [f"{program.name}: {len(program.code)} of {limit} bytes of code"]
    found: list[FunctionCode | ProbeCode] = [*program.functions, *program.probes]
    bodies = sorted(found, key=lambda body: body.entry)
    ends = [*(body.entry for body in bodies[1:]), len(program.code)]
    for body, end in zip(bodies, ends, strict=True):
        lines += ["", _heading(body, end), *_body(program, body.entry, end)]
    return "\n".join(lines)


def _heading(body: FunctionCode | ProbeCode, end: int) -> str:
    what = f"defun {body.name}" if isinstance(body, FunctionCode) else f"vprobe {body.point.name}"
    return f"{what}: {end - body.entry} bytes, {body.slots} slots of stack"


def _body(program: Program, pc: int, end: int) -> Iterator[str]:
    sources = {file.name: file.text.splitlines() for file in split(SourceText(program.name, program.source))}
    shown = None
    while pc < end:
        place = program.place(pc)
        here = (place.file, place.span.line) if place else None
        if place and here != shown:
            shown = here
            text = sources.get(place.file, [])
            line = text[place.span.line - 1].strip() if place.span.line <= len(text) else ""
            yield f"  ; {place.file}:{place.span.line}{f'  {line}' if line else ''}"
        operation, pc_after = operation_at(program, pc)
        yield f"  {pc:5}  {operation}"
        pc = pc_after


def operation_at(program: Program, pc: int) -> tuple[str, int]:
    """The operation at an offset of the code, in words, and the offset of the next one."""
    op = Op(program.code[pc])
    layout = "<" + OPERANDS.get(op, "")
    after = pc + 1 + calcsize(layout)
    operands = _operands(program, op, unpack_from(layout, program.code, pc + 1), after)
    return f"{op.name:<16}{operands}".rstrip(), after


def _operands(program: Program, op: Op, values: tuple[int, ...], after: int) -> str:
    kind = OPERAND_KINDS[op]
    if kind == "JUMP":
        return str(after + values[0])
    if kind in _NAMED:
        entry = getattr(program, _NAMED[kind])[values[0]]
        return str(entry[0] if isinstance(entry, tuple) else entry.name)
    if kind == "VARIABLE":
        return Variable(values[0]).name
    if kind == "LITERAL":
        return quote(program.literals[values[0]])
    return " ".join(str(value) for value in values)
