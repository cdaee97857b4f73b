# SPDX-License-Identifier: GPL-2.0-or-later
"""Random guests in real mode, and in ring 3 and virtual-8086 mode of 32-bit protected mode."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

from engine.machine.machine import Machine
from tests.engine.machine import protected_guest, real_mode_guest
from tests.engine.machine.fuzz.streams import number, stream

LOAD, STREAMS, ROOM = 0x7C00, 0x20000, 0x10000
REAL_REGISTERS, PROTECTED_REGISTERS = 0x10000, 0x110000
GDT = 0x3000
_DESCRIPTORS = (
    0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF, 0x0000890020000FFF, 0x00CFFB000000FFFF, 0x00CFF3000000FFFF,
)  # fmt: skip
"""Null, the kernel's code and data, the TSS, the user's code and data."""
_STATUS_FLAGS = 0xCD5


def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text()


def real(chance: Random, machine: Machine) -> None:
    """Real mode, with the devices' interrupts."""
    sector = real_mode_guest.boot_sector(_source("real.S"))
    machine.memory.write(LOAD, sector)
    machine.memory.write(STREAMS, stream(chance, ROOM))
    words = [chance.choice((0x3000, 0x4000, 0x4000, number(chance, 16))) for _ in range(256 * 16)]
    words[::16] = [0x200 | chance.getrandbits(16) & (_STATUS_FLAGS | 0x100) for _ in range(256)]
    machine.memory.write(REAL_REGISTERS, struct.pack(f"<{len(words)}H", *words))


def protected(chance: Random, machine: Machine) -> None:
    """Ring 3 and virtual-8086 mode; with every IOPL, with TF and AC at times."""
    machine.memory.write(LOAD, protected_guest.assemble(_source("protected.S")))
    machine.memory.write(GDT, struct.pack(f"<{len(_DESCRIPTORS)}Q", *_DESCRIPTORS))
    machine.memory.write(STREAMS, stream(chance, ROOM))
    values = [chance.choice((0x30000 + chance.randrange(ROOM), number(chance, 32))) for _ in range(256 * 16)]
    modes = (0x200, 0x3200, 0x20200, 0x20200, 0x23200, 0x300, 0x60200)
    values[::16] = [chance.choice(modes) | chance.getrandbits(12) & _STATUS_FLAGS | 2 for _ in range(256)]
    machine.memory.write(PROTECTED_REGISTERS, struct.pack(f"<{len(values)}I", *values))
    machine.cpus[0].enter_protected_mode(LOAD, {})


LEGACY: dict[str, Callable[[Random, Machine], None]] = {kind.__name__: kind for kind in (real, protected)}
