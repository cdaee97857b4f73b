# SPDX-License-Identifier: GPL-2.0-or-later
"""A program as the core takes it: bytecode and plain tables, without a language behind it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from engine.core.columns import Columns

DEFAULT_AGGREGATE_BYTES = 256 << 20


class UnwindTable(Protocol):
    """An ORC table of a Linux kernel or module, as it is in its memory."""

    @property
    def address(self) -> int:
        """Of the first word."""
        ...

    @property
    def words(self) -> bytes:
        """For each entry the distance from its own word to the first address it is for, 32 bits signed."""
        ...

    @property
    def entries(self) -> bytes:
        """6 bytes each (struct orc_entry)."""
        ...

    @property
    def form(self) -> int:
        """How the types of entries are numbered, VPC_ORC_*."""
        ...


class Body(msgspec.Struct, frozen=True):
    """A function or a probe. slots and locals count 64-bit stack slots as vpcore.h says.

    `parameters` is 0 for a probe; `name` is the literal number of PROBENAME, 0 for a function.
    """

    entry: int
    slots: int
    locals: int
    parameters: int = 0
    name: int = 0


class AggregateShape(msgspec.Struct, frozen=True):
    """Key counts of an aggregate, and the literal number of its name."""

    name: int
    integer_keys: int
    string_keys: int


class ProgramImage(msgspec.Struct, frozen=True):
    """Mirrors vpc_program_desc."""

    code: bytes
    literals: tuple[bytes, ...] = ()
    integers: tuple[int, ...] = ()
    strings: tuple[int, ...] = ()
    functions: tuple[Body, ...] = ()
    probes: tuple[Body, ...] = ()
    aggregates: tuple[AggregateShape, ...] = ()
    bags: tuple[int, ...] = ()
    aggregate_bytes: int = DEFAULT_AGGREGATE_BYTES


class PackedRows(msgspec.Struct, frozen=True):
    """Rows of an aggregate in order of first insertion."""

    integer_keys: int
    string_keys: int
    columns: Columns
    """integer keys, offsets of string keys in the arena, then what vpc_values has"""
    arena: bytes
    """NUL-terminated strings"""
    dropped: int
    """updates lost to the memory limit"""
    since: int
    """the TSC from which on they count: when the aggregate was loaded, or last cleared before"""
    logged_at: int
    """the TSC at the latest logaggr"""

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.columns.rows


class ProbeStats(msgspec.Struct, frozen=True):
    """Firings of a probe since loading.

    timed_hits of them were timed. ns_per_hit is what one of the latest 64 of these took: the mean in nanoseconds of the
    host, without those that took more than eight times the median; 0 when none was timed.
    """

    hits: int
    errors: int
    timed_hits: int
    ns_per_hit: int


class PrintedPart(NamedTuple):
    """Some bytes of the log that one firing wrote."""

    bytes: int
    ticks: int
    """the TSC then"""
    program: int
    """serial number; 0: not known"""
    probe: int
    cpu: int
    """UINT16_MAX in VMX context"""
    is_aggregate: bool = False
    """logaggr wrote them"""


class RuntimeErrorCount(msgspec.Struct, frozen=True):
    """A run-time error at one place: probe number, code offset, VPC_RUNTIME_* kind, latest detail, count."""

    probe: int
    pc: int
    kind: int
    detail: int
    count: int
