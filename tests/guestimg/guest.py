# SPDX-License-Identifier: GPL-2.0-or-later
"""A running bundled guest and how to look into it, with nothing of VP."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from engine.guest import bundled
from engine.guest.bundled_tables import GuestCounters, guest_counters, process_table
from engine.guest.guest import Process
from engine.machine.choices import Latency
from engine.machine.machine import Machine

STEP = 0.01
"""Guest seconds between two looks."""
KERNEL = 0xFFFFFFFF80100000
"""Where the kernel begins, at 1 MiB of physical memory and the second sector of the disk."""
PRESENT, WRITE, USER, NO_EXECUTE = 1, 2, 4, 1 << 63
"""Bits of a page table entry (Intel SDM vol. 3, 4.5)."""
ADDRESS = 0x000F_FFFF_FFFF_F000
TASKS = 24
TASK = struct.Struct("<12Q16sQ")
READY, CRASHED = 1, 4


@dataclass(frozen=True)
class Task:
    """An entry of the process table that is in use."""

    address: int
    name: str
    state: int
    rsp: int
    root: int
    """CR3"""


@dataclass(frozen=True)
class Page:
    """A present page; rights are those of all levels together."""

    address: int
    physical: int
    rights: int


@dataclass(frozen=True)
class Function:
    """A function of the kernel (`module` is empty) or of a program."""

    name: str
    module: str
    address: int
    size: int


class Guest:
    """The bundled guest on a machine of its own."""

    def __init__(self, disk: Latency = "ssd") -> None:
        self.machine = Machine.with_disk(bundled.DISK_IMAGE, disk=disk)
        self.symbols = bundled.symbols()
        self._console = b""

    def until(self, condition: Callable[[], bool], limit: float = 10) -> None:
        """Let the guest run until something is so, at most so many guest seconds."""
        end = self.machine.seconds + limit
        while not condition():
            assert self.machine.seconds < end, f"not within {limit} guest seconds; console: {self.console!r}"
            self.machine.run_seconds(STEP)

    @property
    def console(self) -> str:
        """Everything the guest has written to its serial console."""
        self._console += self.machine.take_console()
        return self._console.decode("ascii")

    def until_console(self, text: str, limit: float = 10) -> str:
        """Wait for a text; what was written from there on."""
        self.until(lambda: text in self.console, limit)
        return self.console[self.console.rindex(text) :]

    def boot(self) -> None:
        """Run until the shell asks for its first command and the network is there."""
        self.until_console("# ", limit=2)
        self.until_console("netd: address 10.0.2.15, router 10.0.2.2", limit=2)

    def until_idle(self) -> None:
        """Wait until the guest halts with nothing left to do, so that its books are complete."""
        self.until(lambda: self.machine.halted(0))

    def command(self, line: str) -> str:
        """Type a line at the serial console; the answer."""
        before = len(self.console)
        self.machine.type(line.encode() + b"\r")
        self.until(lambda: self.console[before:].endswith("\n# ") or "\n# " in self.console[before:], limit=3)
        return self.console[before:].partition("\n")[2].replace("\r", "")

    def processes(self) -> dict[str, Process]:
        """The process table by name."""
        return {process.name: process for process in process_table(self.machine.core, self.symbols)}

    def books(self) -> GuestCounters:
        """The kernel's counters."""
        return guest_counters(self.machine.core, self.symbols)

    def word(self, address: int) -> int:
        """A 64-bit number in kernel memory."""
        data = self.machine.core.read_linear(address, 8)
        value: int = struct.unpack("<Q", data)[0]
        return value

    def tasks(self) -> Iterator[Task]:
        """The process table, word by word (guestimg/README.md)."""
        for number in range(TASKS):
            address = self.symbols["process_table"] + number * TASK.size
            *words, name, _ = TASK.unpack(self.machine.core.read_linear(address, TASK.size))
            if words[0]:
                yield Task(address, name.rstrip(b"\0").decode(), words[0], words[2], words[4])

    def pages(self, table: int, level: int = 3, base: int = 0, rights: int = WRITE | USER) -> Iterator[Page]:
        """Every page below a page table."""
        for index, entry in enumerate(struct.unpack("<512Q", self.machine.memory.read(table, 4096))):
            if not entry & PRESENT:
                continue
            address, physical = base | index << 12 + 9 * level, entry & ADDRESS
            combined = (rights & entry & (WRITE | USER)) | ((rights | entry) & NO_EXECUTE)
            if level:
                yield from self.pages(physical, level - 1, address, combined)
            else:
                yield Page(address, physical, combined)


@cache
def symbol_rows() -> tuple[tuple[int, str, str, str], ...]:
    """Address, letter, name, module of each line of the symbol file."""
    rows = []
    for line in bundled.SYMBOL_FILE.read_text().splitlines():
        address, letter, rest = line.split(" ", 2)
        name, _, module = rest.partition("\t")
        rows.append((int(address, 16), letter, name, module.strip("[]")))
    return tuple(rows)


@cache
def kernel_symbols() -> dict[str, int]:
    """Addresses of the kernel's own symbols."""
    return {name: at for at, _, name, module in symbol_rows() if not module}


def program(module: str) -> tuple[int, int, int]:
    """Where a program is linked (at multiples of 1 MiB), where its image lies within the kernel, and its bytes."""
    base = min(at for at, _, _, owner in symbol_rows() if owner == module) & ~0xFFFFF
    image = kernel_symbols()[f"image_{module}"]
    return base, image, min(at for at in kernel_symbols().values() if at > image) - image


def code(function: Function) -> bytes:
    """A function's code as it lies in the disk image; programs lie within the kernel's read-only data."""
    address = function.address
    if function.module:
        base, image, _ = program(function.module)
        address += image - base
    with bundled.DISK_IMAGE.open("rb") as disk:
        disk.seek(512 + address - KERNEL)
        return disk.read(function.size)


def functions() -> list[Function]:
    """Every function there is; it ends where the next symbol of its module begins, or with its program."""
    found = []
    for module in dict.fromkeys(row[3] for row in symbol_rows()):
        rows = [row for row in symbol_rows() if row[3] == module]
        starts = sorted({row[0] for row in rows})
        if module:  # what lies behind the image is not in it
            base, _, size = program(module)
            starts = [*(start for start in starts if start < base + size), base + size]
        ends = dict(itertools.pairwise(starts))
        found += [
            Function(name, module, at, ends[at] - at)
            for at, letter, name, _ in rows
            if letter in "tT" and name not in {"text_start", "text_end"}
        ]
    return found
