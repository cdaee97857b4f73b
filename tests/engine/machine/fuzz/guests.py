# SPDX-License-Identifier: GPL-2.0-or-later
"""Random guests. The same kind and seed make the same guest."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from engine.machine.choices import DiskBus
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.fuzz.legacy import LEGACY
from tests.engine.machine.fuzz.streams import number, pointer, stream
from tests.engine.machine.small_guest import LOAD, assemble

DRIVER = Path(__file__).with_name("driver.S")
RAM = 16 << 20
SETTINGS, REGISTERS, RECORDS, RECORDS_END = 0x100000, 0x110000, 0x120000, 0x1F0000
TABLES, GDT, USER, USER_STUBS = 0x48000, 0x22000, 0x200000, 0x27F000
RANDOM_TABLES, RETURNS = range(0x400000, 0x440000, 4096), range(0x800000, 0x840000, 4096)
USER_64, USER_32, USER_16, KERNEL_64 = 0x2B, 0x3B, 0x43, 0x08
DISK = bytes(512) * 200
BUSES: tuple[DiskBus, ...] = ("ide", "nvme", "virtio")

PORTS = [
    *range(0x100), 0x170, *range(0x1F0, 0x1F8), 0x376, 0x3F6, *range(0x3B0, 0x3E0), *range(0x3F8, 0x400), 0x4D0,
    0x4D1, *range(0x500, 0x520), *range(0x600, 0x640), *range(0xCF8, 0xD00), *range(0xC000, 0xC010),
    *range(0xC100, 0xC200),
]  # fmt: skip
POWER = {0x604, 0x605, 0xCF9, 0x92, 0x64}
"""Ports that can switch the machine off or reset it: less often, so that other things happen, too."""
MSRS = [
    0x10, 0x1B, 0x3A, 0x8B, 0xFE, 0x10A, 0x174, 0x175, 0x176, 0x1A0, 0x1D9, 0x200, 0x250, 0x277, 0x2FF, 0x38F, 0x6E0,
    *range(0x800, 0x840), *range(0xC0000080, 0xC0000085), *range(0xC0000100, 0xC0000104),
]  # fmt: skip
WINDOWS = [
    0xFEB00000, 0xFEC00000, 0xFEE00000, 0xFED00000, 0xB8000, 0xA0000, 0xC0000, 0xF0000, 0xFFFFF000, 0xE0000000,
]  # fmt: skip


# --- streams of instructions -----------------------------------------------------------------------------------------


def registers(chance: Random, flags: Sequence[int]) -> bytes:
    """256 sets of 16 registers; in place of RSP is RFLAGS."""
    values = [pointer(chance) for _ in range(256 * 16)]
    for index in range(4, len(values), 16):
        values[index] = chance.choice(flags) | chance.getrandbits(12) & 0xCD5 | 2
    return struct.pack(f"<{len(values)}Q", *values)


def _streams(chance: Random, machine: Machine, selectors: Sequence[int], flags: Sequence[int]) -> None:
    machine.memory.write(USER, stream(chance, 0x40000))
    machine.memory.write(USER + 0x80000, chance.randbytes(0x10000))
    machine.memory.write(REGISTERS, registers(chance, flags))
    _settings(machine, 0, selectors)


def user(chance: Random, machine: Machine) -> None:
    """Ring 3, in code segments of 64, 32 and 16 bits; with IOPL 3 at times, and with TF."""
    selectors = [USER_64] * 5 + [USER_32] * 2 + [USER_16]
    _streams(chance, machine, selectors, (0x200, 0x200, 0x200, 0x3200, 0x300, 0x40200))


def kernel(chance: Random, machine: Machine) -> None:
    """Ring 0."""
    _streams(chance, machine, [KERNEL_64] * 8, (0x200, 0x200, 0x0, 0x300))


# --- accesses --------------------------------------------------------------------------------------------------------

_NAMES = (
    "in8", "in16", "in32", "out8", "out16", "out32", "ins", "outs",
    "load8", "load32", "load64", "store8", "store32", "store64", "exchange", "copy",
    "fill", "call", "invalidate", "flush", "control0", "control4", "read_msr", "write_msr",
    "wait", "user", "vector_ports",
)  # fmt: skip
OPERATIONS = {name: index for index, name in enumerate(_NAMES)}
"""As in the table of driver.S."""
_BY_PORT = ("in8", "in16", "in32", "out8", "out8", "out8", "out16", "out32", "out32", "ins", "outs")
_BY_ADDRESS = (
    "load8", "load32", "load32", "load64", "store8", "store32", "store32", "store64", "exchange", "copy", "fill",
)  # fmt: skip
Record = tuple[str, int, int, int]
"""Operation, count, address or port, value."""


def _records(chance: Random, machine: Machine, make: Callable[[Random], Record], count: int) -> None:
    out = bytearray()
    for _ in range(count):
        operation, times, address, value = make(chance)
        out += struct.pack("<IIQQQ", OPERATIONS[operation], times, address, value, 0)
    room = RECORDS_END - RECORDS
    machine.memory.write(RECORDS, (bytes(out) * (room // len(out) + 1))[:room])
    machine.memory.write(USER_STUBS, b"".join(code.ljust(16, b"\x90") for code in _STUBS))
    _settings(machine, 1, [0] * 8)


_STUBS = b"\x48\x8b\x03\xcd\x80", b"\x48\x89\x03\xcd\x80", b"\xff\xd3\xcd\x80", b"\xf0\x48\x0f\xc1\x03\xcd\x80"
"""mov (%rbx), %rax; mov %rax, (%rbx); call *%rbx; lock xadd %rax, (%rbx); each with int $0x80."""


def _port(chance: Random) -> int:
    port = chance.choice(PORTS) if chance.randrange(20) else chance.randrange(1 << 16)
    return port if port not in POWER or not chance.randrange(50) else 0x80


def _port_record(chance: Random) -> Record:
    if not chance.randrange(8):
        return chance.choice(("wait", "vector_ports")), 0, 0, 0x20
    if not chance.randrange(6):
        return (
            "out32",
            0,
            0xCF8,
            0x80000000 | chance.randrange(7) << 11 | chance.randrange(4) << 8 | chance.randrange(64) << 2,
        )
    return chance.choice(_BY_PORT), number(chance, 8), _port(chance), number(chance, 32)


def ports(chance: Random, machine: Machine) -> None:
    """Ports, with every width and repeated."""
    _records(chance, machine, _port_record, 4000)


def _window_record(chance: Random) -> Record:
    if not chance.randrange(4):
        return _port_record(chance)
    if not chance.randrange(10):
        return chance.choice(("read_msr", "write_msr")), 0, chance.choice(MSRS), number(chance, 64)
    address = chance.choice(WINDOWS) + chance.randrange(0x1000)
    if not chance.randrange(8):
        address = chance.randrange(1 << 32)
    return chance.choice(_BY_ADDRESS), number(chance, 8), address, number(chance, 64)


def windows(chance: Random, machine: Machine) -> None:
    """Device memory, ROM, what lies behind RAM; ports and MSRs between."""
    _records(chance, machine, _window_record, 4000)


def _entry(chance: Random) -> int:
    flags = chance.getrandbits(12) | (chance.randrange(8) != 0) | (2 | 4 if chance.randrange(3) else 0)
    if chance.randrange(3):
        flags &= ~0x80
    where = chance.choice(
        (
            chance.choice(RANDOM_TABLES),
            chance.choice(RANDOM_TABLES),
            chance.choice(RETURNS),
            chance.choice(RETURNS),
            chance.randrange(1 << 24),
            chance.choice(WINDOWS),
            number(chance, 52),
            0x1000 * chance.randrange(RAM // 4096),
        )
    )
    high = chance.choice((0, 0, 0, 1 << 63, chance.getrandbits(12) << 52))
    return (where & 0xFFFFFFFFFF000) | flags | high


def _address(chance: Random) -> int:
    """Canonical, mostly; of few entries in each table, so that translations are used again."""
    if not chance.randrange(30):
        return chance.getrandbits(64)
    address = 0
    for level in range(4):
        first = 1 if level == 0 else 0
        address = address << 9 | chance.choice(
            (first + chance.randrange(3), 256 + chance.randrange(2), chance.randrange(first, 512))
        )
    address = address << 12 | chance.choice((0, chance.randrange(4096), 4092 + chance.randrange(4)))
    return address | (0xFFFF << 48 if address >> 47 else 0)


def _table_record(chance: Random) -> Record:
    kind = chance.randrange(12)
    if kind == 0:
        return "store64", 0, chance.choice(RANDOM_TABLES) + 8 * chance.randrange(8), _entry(chance)
    if kind == 1:
        return "store64", 0, TABLES + 8 * chance.randrange(1, 4), _entry(chance)
    if kind == 2:
        return chance.choice(("invalidate", "flush", "control0", "control4")), 0, _address(chance), number(chance, 32)
    if kind < 5:
        return "user", chance.randrange(4), _address(chance), number(chance, 64)
    if kind == 5:
        return "call", 0, _address(chance), 0
    return chance.choice(_BY_ADDRESS), number(chance, 8), _address(chance), number(chance, 64)


def tables(chance: Random, machine: Machine) -> None:
    """Page tables, with accesses through them from rings 0 and 3."""
    for page in RANDOM_TABLES:
        machine.memory.write(page, struct.pack("<512Q", *(_entry(chance) for _ in range(512))))
    for page in RETURNS:
        machine.memory.write(page, b"\xc3" * 4096)
    _records(chance, machine, _table_record, 6000)
    entries = [_entry(chance) for _ in range(511)]
    machine.memory.write(TABLES + 8, struct.pack("<511Q", *entries))


LONG_MODE: dict[str, Callable[[Random, Machine], None]] = {
    kind.__name__: kind for kind in (user, kernel, ports, windows, tables)
}
KINDS = (*LONG_MODE, *LEGACY)


# --- what all have in common -----------------------------------------------------------------------------------------

_DESCRIPTORS = (
    0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF, 0x0000890210000067, 0, 0x00AFFB000000FFFF, 0x00CFF3000000FFFF,
    0x00CFFB000000FFFF, 0x008FFB000000FFFF,
)  # fmt: skip
"""Null; the kernel's code and data; the TSS, twice as long; the user's code of 64 bits, data, code of 32, 16 bits."""


def _settings(machine: Machine, mode: int, selectors: Sequence[int]) -> None:
    machine.memory.write(SETTINGS, struct.pack("<QQQ", mode, 0, RECORDS).ljust(32, b"\0"))
    machine.memory.write(SETTINGS + 32, struct.pack("<8H", *selectors))


def _identity(machine: Machine) -> None:
    """The first 4 GiB as they are, for ring 0; the user's 2 MiB for both."""
    machine.memory.write_int(TABLES, 8, TABLES + 0x1000 | 7)
    for gib in range(4):
        directory = TABLES + 0x2000 + gib * 0x1000
        machine.memory.write_int(TABLES + 0x1000 + 8 * gib, 8, directory | 7)
        machine.memory.write(directory, struct.pack("<512Q", *((gib << 30 | n << 21) | 0x83 for n in range(512))))
    machine.memory.write_int(TABLES + 0x2008, 8, USER | 0x87)


def random_machine(kind: str, seed: int) -> Machine:
    """A machine that is about to run a random guest; close it when done."""
    config = MachineConfig(ram_bytes=RAM, disk_bus=BUSES[seed % 3], virtio=bool(seed & 1), seed=seed)
    machine = Machine(DISK, config)
    chance = Random(f"{kind} {seed}")
    if kind in LEGACY:
        LEGACY[kind](chance, machine)
        return machine
    machine.memory.write(LOAD, assemble(DRIVER.read_text()))
    machine.memory.write(GDT, struct.pack("<9Q", *_DESCRIPTORS))
    _identity(machine)
    LONG_MODE[kind](chance, machine)
    return machine
