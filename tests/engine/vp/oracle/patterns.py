# SPDX-License-Identifier: GPL-2.0-or-later
"""offatret, offatseg and offatstrcpy (manual, pp. 25-26), by disassembling with Capstone.

What the two that report a register's value are for is read off the manual's own use of them (chapter 4): the offset
of a field, which is the displacement of the load or address computation that last wrote that register.
"""

from __future__ import annotations

from capstone import CS_ARCH_X86, CS_MODE_64, Cs, CsInsn
from capstone.x86 import X86_OP_IMM, X86_OP_MEM, X86_OP_REG

from tests.engine.vp.oracle.faults import Kind, RunTimeError
from tests.engine.vp.oracle.reader import MASK

SEGMENTS = {"fs", "gs"}
FAMILIES = {"eax": "a", "rax": "a", "esi": "si", "rsi": "si"}


def _instructions(where: tuple[int, bytes]) -> list[CsInsn]:
    disassembler = Cs(CS_ARCH_X86, CS_MODE_64)
    disassembler.detail = True
    return list(disassembler.disasm(where[1], where[0]))


def _written(instruction: CsInsn, family: str) -> int | None:
    """What an instruction puts into a register: an immediate, or the displacement of its memory operand."""
    if not instruction.operands or instruction.operands[0].type != X86_OP_REG:
        return None
    if FAMILIES.get(instruction.reg_name(instruction.operands[0].reg)) != family:
        return None
    source = instruction.operands[-1]
    if source.type == X86_OP_MEM:
        return int(source.mem.disp) & MASK
    return int(source.imm) & MASK if source.type == X86_OP_IMM else None


def _before(where: tuple[int, bytes], family: str, ends: str, target: int | None) -> int:
    value = 0
    for instruction in _instructions(where):
        if instruction.mnemonic.startswith(ends) and target in {None, _target(instruction)}:
            return value
        written = _written(instruction, family)
        value = value if written is None else written
    raise RunTimeError(Kind.NO_PATTERN)


def _target(instruction: CsInsn) -> int | None:
    if instruction.operands and instruction.operands[0].type == X86_OP_IMM:
        return int(instruction.operands[0].imm) & MASK
    return None


def offset_at_return(where: tuple[int, bytes]) -> int:
    """What the first return instruction returns.

    Raises:
        RunTimeError: there is none.
    """
    return _before(where, "a", "ret", None)


def offset_at_call(where: tuple[int, bytes], target: int) -> int:
    """RSI at the first call of a function.

    Raises:
        RunTimeError: it is not called.
    """
    return _before(where, "si", "call", target)


def offset_at_segment(where: tuple[int, bytes]) -> int:
    """Displacement (or immediate) of the first instruction with an FS or GS prefix.

    Raises:
        RunTimeError: there is none.
    """
    for instruction in _instructions(where):
        for operand in instruction.operands:
            if operand.type == X86_OP_MEM and instruction.reg_name(operand.mem.segment) in SEGMENTS:
                return int(operand.mem.disp) & MASK
    raise RunTimeError(Kind.NO_PATTERN)
