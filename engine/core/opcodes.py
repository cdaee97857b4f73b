# SPDX-License-Identifier: GPL-2.0-or-later
"""VP bytecode, from src/include/opcodes.h, which documents each operation."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers, rows


class Op(IntEnum, metaclass=TableMeta):
    """An operation of the VP bytecode."""

    vars().update(numbers("opcodes.h", "VPC_OPCODES"))


_LAYOUTS = {name: "" if size == "0" else layout for name, size, layout in rows("opcodes.h", "VPC_OPERANDS")}
_OPERATIONS = rows("opcodes.h", "VPC_OPCODES")

OPERANDS: dict[Op, str] = {Op[name]: _LAYOUTS[kind] for name, kind, _, _ in _OPERATIONS if _LAYOUTS[kind]}
"""Layout of the operands as a little-endian struct format, for operations that have operands."""

OPERAND_KINDS: dict[Op, str] = {Op[name]: kind for name, kind, _, _ in _OPERATIONS}
"""The kind of the operand (VPC_OPERAND_*), which says what it numbers."""

EFFECTS: dict[Op, int] = {Op[name]: int(leaves) - int(takes) for name, _, takes, leaves in _OPERATIONS}
"""Change of the depth of the operand stack, besides the values that the operand counts."""
