# SPDX-License-Identifier: GPL-2.0-or-later
"""Listings of bytecode with the source lines it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from struct import calcsize, unpack_from

from engine.core.opcodes import OPERANDS, Op
from engine.core.variables import Variable
from engine.text import quote
from engine.vp.diagnostics.files import split
from engine.vp.diagnostics.source import SourceText
from engine.vp.program import FunctionCode, ProbeCode, Program

_JUMPS = {Op.JUMP, Op.JUMP_ZERO, Op.JUMP_NONZERO}
_NAMED = {
    Op.GET_INTEGER: "integers",
    Op.SET_INTEGER: "integers",
    Op.GET_STRING: "strings",
    Op.CALL: "functions",
    Op.AGGREGATE: "aggregates",
    Op.LOG_AGGREGATE: "aggregates",
    Op.CLEAR_AGGREGATE: "aggregates",
    Op.BAG_INSERT: "bags",
    Op.BAG_REMOVE: "bags",
}
"""Tables of a program that the operand of an operation indexes."""


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
        op = Op(program.code[pc])
        layout = "<" + OPERANDS.get(op, "")
        after = pc + 1 + calcsize(layout)
        operands = _operands(program, op, unpack_from(layout, program.code, pc + 1), after)
        yield f"  {pc:5}  {op.name:<16}{operands}".rstrip()
        pc = after


def _operands(program: Program, op: Op, values: tuple[int, ...], after: int) -> str:
    if op in _JUMPS:
        return str(after + values[0])
    if op in _NAMED:
        entry = getattr(program, _NAMED[op])[values[0]]
        return str(entry[0] if isinstance(entry, tuple) else entry.name)
    if op is Op.VARIABLE:
        return Variable(values[0]).name
    if op is Op.LITERAL:
        return quote(program.literals[values[0]])
    return " ".join(str(value) for value in values)
