# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the registers, from src/include/registers.h."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers


class Register(IntEnum, metaclass=TableMeta):
    """A general register, as instructions number it, or RIP."""

    vars().update(numbers("registers.h", "VPC_REGISTERS"))
    RIP = len(numbers("registers.h", "VPC_REGISTERS"))


class Segment(IntEnum, metaclass=TableMeta):
    """A segment register, as instructions number it."""

    vars().update(numbers("registers.h", "VPC_SEGMENTS"))
