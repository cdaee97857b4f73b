# SPDX-License-Identifier: GPL-2.0-or-later
"""A compiled script: bytecode and tables, as the core loads them and people read them. Knows no machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.core.points import Point
from engine.vp.diagnostics.diagnostic import Span


@dataclass(frozen=True, slots=True)
class ProbePoint:
    """Where a probe fires. `where` and `extra` are as in engine.core.points (address, microseconds, offset; else 0)."""

    name: str
    kinds: tuple[Point | int, ...]
    """One number of engine.core.points, or several (Guest_RESERVED_FAULT: FAULT0 + each reserved vector)."""
    where: int = 0
    extra: int = 0
    symbolic: bool = False
    """the name has a symbol of the guest in the place of an address"""


@dataclass(frozen=True, slots=True)
class ProbeCode:
    """One `vprobe` form."""

    point: ProbePoint
    entry: int
    slots: int
    locals: int
    span: Span


@dataclass(frozen=True, slots=True)
class FunctionCode:
    """One `defun` form: entry offset in the code, number of parameters, slots as in vpcore.h."""

    name: str
    entry: int
    parameters: int
    slots: int
    locals: int
    span: Span


@dataclass(frozen=True, slots=True)
class AggregateInfo:
    """One `defaggr` form: the shape of its keys."""

    name: str
    integer_keys: int
    string_keys: int
    span: Span


@dataclass(frozen=True, slots=True)
class BagInfo:
    """One `defbag` form; capacity in key-value pairs."""

    name: str
    capacity: int
    span: Span


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where a stretch of code comes from: code offsets from `pc` on, up to the next place."""

    pc: int
    file: str
    span: Span


@dataclass(frozen=True, slots=True)
class Program:
    """A script ready to load. Integers and strings are numbered in order of definition."""

    name: str
    source: str
    code: bytes
    literals: tuple[bytes, ...]
    integers: tuple[tuple[str, int], ...]
    """Name and initial value of each integer variable."""
    strings: tuple[tuple[str, int], ...]
    """Name of each string variable and the number of the literal it starts with."""
    functions: tuple[FunctionCode, ...]
    probes: tuple[ProbeCode, ...]
    aggregates: tuple[AggregateInfo, ...]
    bags: tuple[BagInfo, ...]
    places: tuple[SourcePlace, ...]
    """Sorted by pc."""
    prelude: frozenset[str] = field(default_factory=frozenset)
    """Names that came from the guest's prelude, not from the script."""
    translated: str = ""
    """The VP text that was compiled, when `source` is in another language."""

    def place(self, pc: int) -> SourcePlace | None:
        """The source place of a code offset; None before the first."""
        found = None
        for place in self.places:
            if place.pc > pc:
                break
            found = place
        return found
