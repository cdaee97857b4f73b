# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytecode under construction: labels, source places, and the depth of the operand stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import calcsize, pack, pack_into

from engine.core.opcodes import EFFECTS, OPERANDS, Op
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.program import SourcePlace

FARTHEST = 0xFFFF
"""Range of a jump in bytes."""


@dataclass(slots=True)
class Label:
    """A target of jumps that is not yet placed."""

    uses: list[int] = field(default_factory=list)


class Code:
    """The bytecode of a program."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.places: list[SourcePlace] = []
        self._literals: dict[bytes, int] = {}
        self.depth = 0
        self.deepest = 0

    @property
    def literals(self) -> tuple[bytes, ...]:
        """All string literals, in order of first use."""
        return tuple(self._literals)

    def literal(self, value: bytes) -> int:
        """The number of a literal."""
        return self._literals.setdefault(value, len(self._literals))

    def begin(self) -> int:
        """Begin a body; returns the offset of its code."""
        self.depth = self.deepest = 0
        return len(self.bytes)

    def place(self, file: str, span: Span) -> None:
        """The code that follows has this source."""
        at = len(self.bytes)
        if self.places and self.places[-1].pc == at:
            self.places.pop()
        if not self.places or (self.places[-1].file, self.places[-1].span) != (file, span):
            self.places.append(SourcePlace(at, file, span))

    def emit(self, op: Op, *operands: int, effect: int | None = None) -> None:
        """Append one operation."""
        self.bytes.append(op)
        if op in OPERANDS:
            self.bytes += pack("<" + OPERANDS[op], *operands)
        self.depth += effect if effect is not None else EFFECTS[op]
        self.deepest = max(self.deepest, self.depth)

    def integer(self, value: int) -> None:
        """Push a constant in its shortest form."""
        signed = value - (1 << 64) if value >> 63 else value
        if -128 <= signed < 128:
            self.emit(Op.INT8, signed)
        elif -(1 << 31) <= signed < 1 << 31:
            self.emit(Op.INT32, signed)
        else:
            self.emit(Op.INT64, value)

    def jump(self, op: Op, label: Label) -> None:
        """Jump forward to a label."""
        self.emit(op, 0)
        label.uses.append(len(self.bytes))

    def bind(self, label: Label, depth: int) -> None:
        """Place a label here; the operand stack has this depth on every path that leads here."""
        self.depth = depth
        here = len(self.bytes)
        for after in label.uses:
            distance = min(here - after, FARTHEST)  # a longer jump exceeds MAX_CODE_BYTES, which is reported
            pack_into("<H", self.bytes, after - calcsize("<H"), distance)
        label.uses.clear()
