# SPDX-License-Identifier: GPL-2.0-or-later
"""offatret, offatseg and offatstrcpy (manual, pp. 25-26), by disassembling with Capstone.

What the two that report a register's value are for is read off the manual's own use of them (chapter 4): the offset
of a field, which is the displacement of the load or address computation that last wrote that register, and what is
added to it. Where an argument or a variable is in the frame is no such offset.
"""

from __future__ import annotations

from capstone import CS_ARCH_X86, CS_MODE_32, CS_MODE_64, Cs, CsInsn
from capstone.x86 import X86_OP_IMM, X86_OP_MEM, X86_OP_REG

from tests.engine.vp.oracle.faults import Kind, RunTimeError
from tests.engine.vp.oracle.reader import MASK

SEGMENTS = {"fs", "gs"}
RESULT = {"eax", "rax"}
SECOND_ARGUMENT = {8: {"esi", "rsi"}, 4: {"edx"}}
"""By the width of code: in the System V ABI, and as 32-bit kernels are compiled (`-mregparm=3`)."""
FRAME = {"ebp", "rbp", "esp", "rsp"}
SIGNS = {"add": 1, "sub": -1}

Code = tuple[int, bytes, int]
"""An address, the code from there on, and the width of code."""


def _instructions(where: Code) -> list[CsInsn]:
    disassembler = Cs(CS_ARCH_X86, CS_MODE_64 if where[2] == 8 else CS_MODE_32)
    disassembler.detail = True
    return list(disassembler.disasm(where[1], where[0]))


def _after(instruction: CsInsn, names: set[str], value: int | None, *, field: bool) -> int | None:
    """The offset in a register after an instruction; None: unknown. `field`: loads give the offset of a field."""
    if not instruction.operands or instruction.operands[0].type != X86_OP_REG:
        return value
    if instruction.reg_name(instruction.operands[0].reg) not in names:
        return value
    source = instruction.operands[-1]
    if source.type == X86_OP_IMM and instruction.mnemonic in SIGNS:
        return ((value or 0) + SIGNS[instruction.mnemonic] * int(source.imm)) & MASK
    if source.type == X86_OP_MEM:
        framed = source.mem.base and instruction.reg_name(source.mem.base) in FRAME
        return None if framed or not (field or instruction.mnemonic == "lea") else int(source.mem.disp) & MASK
    if source.type == X86_OP_IMM:
        return int(source.imm) & MASK
    return value if field else None


def _before(where: Code, names: set[str], ends: str, target: int | None) -> int:
    value = None
    for instruction in _instructions(where):
        if instruction.mnemonic.startswith(ends) and target in {None, _target(instruction)}:
            if value is None:
                break
            return value
        value = _after(instruction, names, value, field=target is None)
    raise RunTimeError(Kind.NO_PATTERN)


def _target(instruction: CsInsn) -> int | None:
    if instruction.operands and instruction.operands[0].type == X86_OP_IMM:
        return int(instruction.operands[0].imm) & MASK
    return None


def offset_at_return(where: Code) -> int:
    """What the first return instruction returns.

    Raises:
        RunTimeError: there is none, or nothing is known of its value.
    """
    return _before(where, RESULT, "ret", None)


def offset_at_call(where: Code, target: int) -> int:
    """The second argument at the first call of a function.

    Raises:
        RunTimeError: it is not called, or nothing is known of that argument.
    """
    return _before(where, SECOND_ARGUMENT[where[2]], "call", target)


def offset_at_segment(where: Code) -> int:
    """Displacement (or immediate) of the first instruction with an FS or GS prefix.

    Raises:
        RunTimeError: there is none.
    """
    for instruction in _instructions(where):
        for operand in instruction.operands:
            if operand.type == X86_OP_MEM and instruction.reg_name(operand.mem.segment) in SEGMENTS:
                return int(operand.mem.disp) & MASK
    raise RunTimeError(Kind.NO_PATTERN)
