# SPDX-License-Identifier: GPL-2.0-or-later
"""The Frame: everything that could be seen of a virtual machine at one guest second. Immutable; travels as msgpack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from engine.core.columns import Columns
from engine.probes.printed import LogPart
from engine.text import escape

COUNT, TOTAL, MIN, MAX, LATEST, CARRIED = range(6)
"""Values of a row. TOTAL and CARRIED are the low and the high half of the sum."""
VALUES = 6


class Row(msgspec.Struct, frozen=True):
    """One row of an aggregate. All numbers are unsigned 64-bit; avg is the integer quotient sum / count."""

    integers: tuple[int, ...]
    strings: tuple[str, ...]
    count: int
    avg: int
    min: int
    max: int
    latest: int


class AggregateId(NamedTuple):
    """Which aggregate: scripts may use the same names, so a name alone is ambiguous."""

    script: str
    """name of the loaded script"""
    name: str
    """name of the aggregate in that script"""


NO_AGGREGATE = AggregateId("", "")
"""Names no aggregate of any Frame."""


def labels(aggregates: Iterable[AggregateId]) -> dict[AggregateId, str]:
    """A distinct display name for each of these aggregates.

    That is the bare name; where several scripts use it, all but the first loaded have the script's name in
    parentheses. Never take a label apart: the AggregateId holds the parts.
    """
    taken: set[str] = set()
    found = {}
    for aggregate in aggregates:
        script, name = aggregate
        found[aggregate] = f"{name} ({script})" if name in taken else name
        taken.add(name)
    return found


class AggregateData(msgspec.Struct, frozen=True):
    """The rows of one aggregate in order of first insertion, packed, so that copying a hundred thousand rows out of a
    running guest costs a millisecond or less. Iterate to get `Row`s.
    """

    integer_keys: int
    string_keys: int
    columns: Columns
    """integer keys, offsets of string keys in the arena, and VALUES"""
    arena: bytes
    """NUL-terminated strings; bytes from the guest, not trusted to be text"""
    dropped: int = 0
    """updates lost to the memory limit"""
    logged: bool = False
    """the rows are as the script logged them (it cleared or may have changed them since)"""
    since: int = 0
    """tick from which on they count: the aggregate was loaded or cleared then"""
    until: int = 0
    """tick up to which they count: that of the Frame, or when they were logged"""

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.columns.rows

    @property
    def keys(self) -> int:
        """Key columns, which come first."""
        return self.integer_keys + self.string_keys

    def __len__(self) -> int:
        return self.columns.rows

    def __iter__(self) -> Iterator[Row]:
        columns = [self.columns.column(column) for column in range(self.keys + VALUES)]
        integers, offsets = columns[: self.integer_keys], columns[self.integer_keys : self.keys]
        for _ in range(self.rows):
            numbers, places = tuple(map(next, integers)), map(next, offsets)
            texts = tuple(map(self._text, places))
            count, total, low, high, latest, carried = map(next, columns[self.keys :])
            average = (carried << 64 | total) // count if count else 0
            yield Row(numbers, texts, count, average, low, high, latest)

    def _text(self, offset: int) -> str:
        end = self.arena.index(b"\0", offset)
        return escape(self.arena[offset:end])


class ProbeState(msgspec.Struct, frozen=True):
    """One probe of a loaded script. hits and errors count from loading.

    ns_per_hit is measured on one firing in 256 (one in 4 of the first 256, the first one left out): the mean of the
    latest 64 of these in nanoseconds of the host, its caches as they are then, without what reading the clock takes and
    without those that took more than eight times the median, because the host did something else; 0: none yet.
    """

    name: str
    line: int
    hits: int
    errors: int
    ns_per_hit: int
    file: str = ""
    """the file in which the line is, of a script that consists of several"""
    timed: int = 0
    """firings that ns_per_hit has been measured on since loading"""
    off: bool = False
    """it was switched off: it is not armed, and does not fire"""


class ScriptState(msgspec.Struct, frozen=True):
    """One loaded script. generation counts reloads in place, from 1."""

    name: str
    generation: int
    probes: tuple[ProbeState, ...]
    code_bytes: int = 0
    errors_lost: int = 0
    """run-time errors in more places than the core keeps: counted, not listed in Frame.errors"""
    loaded: int = 0
    """tick at which this generation was loaded: its probes count from then on"""


class RuntimeFault(msgspec.Struct, frozen=True):
    """A run-time error of a script: where, what, how often since loading."""

    script: str
    probe: str
    file: str
    line: int
    column: int
    message: str
    count: int


class VcpuState(msgspec.Struct, frozen=True):
    """Where a virtual CPU stood when the Frame was made."""

    vcpu: int
    rip: int
    rsp: int
    rflags: int
    cr3: int
    cpl: int
    halted: bool
    registers: dict[str, int] = {}
    """further registers by their VP names"""
    place: str = ""
    """what a process has mapped at RIP, as `busybox+0x1a2b`; empty where that is not known"""


class DeviceCount(msgspec.Struct, frozen=True):
    """What a device has done since power-on, by its own words: `sectors read`, `interrupts`, ..."""

    device: str
    counts: dict[str, int]


class Frame(msgspec.Struct, frozen=True):
    """Everything seen of a virtual machine at one guest second. Counters are totals since power-on."""

    frame: int
    guest_seconds: float
    wall_seconds: float
    blocks: int
    interrupts: int
    tsc: int
    tsc_hz: int
    scripts: tuple[ScriptState, ...]
    aggregates: dict[AggregateId, AggregateData]
    """in order of loading, and of definition within a script"""
    errors: tuple[RuntimeFault, ...]
    log: str
    """what scripts printed since the last Frame (control characters as they came; the viewer makes them harmless)"""
    log_parts: tuple[LogPart, ...] = ()
    """whose the parts of the log are, in order"""
    log_dropped: int = 0
    console: str = ""
    """what the guest wrote to its serial console since the last Frame"""
    vcpus: tuple[VcpuState, ...] = ()
    devices: tuple[DeviceCount, ...] = ()
    screen: tuple[str, ...] = ()
    """the 25 lines of the VGA text screen, when the guest uses it"""
    paced: bool = False
    behind_seconds: float = 0.0
    """paced only: how late the guest is, without what it will not catch up"""
    busy: float = 0.0
    """share of guest time the CPU was not halted since the last Frame, 0 to 1"""
    paused: bool = False
    began: int = 0
    """tick of the Frame before it: what it has of the time since then is of the time from there to its own tick"""
    asked: bool = False
    """made afterwards: this second was run again with a script that had not been there"""
