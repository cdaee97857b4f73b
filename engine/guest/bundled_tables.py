# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled kernel's own tables, read from its memory by symbol: what scripts find is compared with them.

guestimg/README.md documents the layout of `process_table` and `guest_counters`.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from engine.guest.guest import Process
from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core

_TASK = Struct("<12Q16sQ")
"""state, wake tick, stack pointer, stack top, CR3, program, ticks, faults, handler, mapped, held, PID, name,
uninterruptible"""
_TASKS = 24
_FREE = 0
_COUNTERS = (
    "ticks",
    "context switches",
    "system calls",
    "page faults",
    "disk reads",
    "disk writes",
    "disk sectors",
    "disk errors",
    "signals",
    "frames sent",
    "frames received",
    "SMIs",
    "NMIs",
    "keys",
)
_LINES, _VECTORS = 16, 32


@dataclass(frozen=True, slots=True)
class GuestCounters:
    """What the kernel counted since it started: named totals, interrupts by line, exceptions by vector."""

    totals: dict[str, int]
    interrupts: tuple[int, ...]
    exceptions: tuple[int, ...]


def process_table(core: Core, symbols: Symbols) -> list[Process]:
    """Every process there is, in order of the table; empty before the kernel's memory is mapped.

    Its counts are `ticks`, timer interrupts that hit it, and `faults`, page faults it took.
    """
    data = core.read_linear(symbols["process_table"], _TASK.size * _TASKS)
    processes = []
    for fields in _TASK.iter_unpack(data[: len(data) // _TASK.size * _TASK.size]):
        state, ticks, faults, pid, name = fields[0], fields[6], fields[7], fields[11], fields[12]
        if state != _FREE:
            text = name.split(b"\0")[0].decode("ascii", "backslashreplace")
            processes.append(Process(pid, text, {"ticks": ticks, "faults": faults}))
    return processes


def guest_counters(core: Core, symbols: Symbols) -> GuestCounters:
    """The kernel's counters.

    Raises:
        LookupError: the kernel's memory is not mapped yet.
    """
    numbers = len(_COUNTERS) + _LINES + _VECTORS
    data = core.read_linear(symbols["guest_counters"], numbers * 8)
    if len(data) != numbers * 8:
        raise LookupError("the guest's kernel is not there yet")
    values = Struct(f"<{numbers}Q").unpack(data)
    first, second = len(_COUNTERS), len(_COUNTERS) + _LINES
    return GuestCounters(dict(zip(_COUNTERS, values, strict=False)), values[first:second], values[second:])
