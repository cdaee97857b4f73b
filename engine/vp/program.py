# SPDX-License-Identifier: GPL-2.0-or-later
"""A compiled script: its bytecode and tables."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from engine.core.points import Point
from engine.vp.diagnostics.diagnostic import Span


class ProbePoint(msgspec.Struct, frozen=True):
    """Where a probe fires."""

    name: str
    kinds: tuple[Point | int, ...]
    """Numbers of engine.core.points; Guest_RESERVED_FAULT has one for each reserved vector."""
    where: int = 0
    """Address, or period in microseconds; 0 for static probes."""
    extra: int = 0
    """Offset from the address, for GUEST:OFFSET."""
    symbolic: bool = False
    """Whether the name has a symbol of the guest in place of an address."""


class ProbeCode(msgspec.Struct, frozen=True):
    """One `vprobe` form: offset of its code, stack slots it needs, and how many of those are locals."""

    point: ProbePoint
    entry: int
    slots: int
    locals: int
    span: Span


class FunctionCode(msgspec.Struct, frozen=True):
    """One `defun` form: offset of its code, number of parameters, and stack slots as in ProbeCode."""

    name: str
    entry: int
    parameters: int
    slots: int
    locals: int
    span: Span


class AggregateInfo(msgspec.Struct, frozen=True):
    """One `defaggr` form: its numbers of keys."""

    name: str
    integer_keys: int
    string_keys: int
    span: Span


class BagInfo(msgspec.Struct, frozen=True):
    """One `defbag` form; capacity in key-value pairs."""

    name: str
    capacity: int
    span: Span


class SourcePlace(msgspec.Struct, frozen=True):
    """The source of the code from offset `pc` up to the next place."""

    pc: int
    file: str
    span: Span


class Program(msgspec.Struct, frozen=True):
    """A script ready to load. Definitions are numbered in order."""

    name: str
    source: str
    code: bytes
    literals: tuple[bytes, ...]
    integers: tuple[tuple[str, int], ...]
    """Name and initial value of each integer variable."""
    strings: tuple[tuple[str, int], ...]
    """Name of each string variable, and the number of the literal with its initial value."""
    functions: tuple[FunctionCode, ...]
    probes: tuple[ProbeCode, ...]
    aggregates: tuple[AggregateInfo, ...]
    bags: tuple[BagInfo, ...]
    places: tuple[SourcePlace, ...]
    """Sorted by pc."""
    names_guest: bool = False
    """Addresses or types of the guest are compiled in, so that the program depends on the kernel that runs."""
    prelude: frozenset[str] = msgspec.field(default_factory=frozenset)
    """Names of definitions that came from the prelude of the guest."""
    translated: str = ""
    """The VP text that was compiled, when `source` is in another language."""

    def place(self, pc: int) -> SourcePlace | None:
        """The source of a code offset; None before the first place."""
        behind = bisect_right(self.places, pc, key=lambda place: place.pc)
        return self.places[behind - 1] if behind else None
