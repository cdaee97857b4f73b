# SPDX-License-Identifier: GPL-2.0-or-later
"""Random page tables, and what the Intel SDM says of an access through them (volume 3, chapter 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble

RECORDS, RESULTS, COUNT = 0x100000, 0x180000, 0xFF000
TABLES = (0x30000, 0x31000, 0x32000)
PAGE = 0x400000
RETURN = b"\xc3"
NO_FAULT = 0xFFFF
P, W, U, A, D, PS, PAT = 1, 2, 4, 0x20, 0x40, 0x80, 0x1000
NX = 1 << 63
PHYSICAL_BITS = 40
ADDRESS = (1 << 52) - 4096
BEYOND = ADDRESS & ~((1 << PHYSICAL_BITS) - 1)
WITHIN = {2: (13, 20), 3: (13, 20, 29)}
"""bits of the address of a large page that must be clear"""
SIZES = {1: 1 << 12, 2: 1 << 21, 3: 1 << 30}
CR0, WP = 0x80000033, 1 << 16
CR4, SMEP, SMAP = 0x620, 1 << 20, 1 << 21
EFER, NXE = 0x500, 1 << 11
AC = 1 << 18
LOAD_, STORE, FETCH, USER = 0, 1, 2, 4
CASES = 4000


@dataclass(frozen=True, slots=True)
class Access:
    """An access through four entries."""

    entries: tuple[int, ...]
    cr0: int
    cr4: int
    efer: int
    flags: int
    operation: int

    def packed(self) -> bytes:
        return struct.pack("<4QQQQII", *self.entries, self.cr0, self.cr4, self.efer, self.flags, self.operation)


def flip(chance: Random, *bits: int, one_in: int = 3) -> int:
    """Each bit, or not."""
    return sum(bit for bit in bits if not chance.randrange(one_in))


def entry(chance: Random, level: int) -> int:
    """An entry that is likely to be right: wrong in few bits."""
    large = level in (2, 3) and not chance.randrange(6)
    leaf = level == 1 or large
    value = (PAGE if level < 3 else 0) if leaf else TABLES[4 - level]
    value |= flip(chance, W, U, one_in=2) | flip(chance, A, D, 0x200, 1 << 52, 1 << 58) | flip(chance, NX, one_in=6)
    value |= 0 if not chance.randrange(16) else P
    if large or (level == 1 and not chance.randrange(4)):
        value |= PS
    if large:
        value |= flip(chance, PAT)
    if not chance.randrange(16):
        value ^= 1 << chance.choice((*WITHIN[level], 40, 51) if large else (7, 40, 51) if level == 4 else (40, 45, 51))
    return value


def accesses(chance: Random) -> Iterator[Access]:
    for _ in range(CASES):
        entries = tuple(entry(chance, level) for level in (4, 3, 2, 1))
        cr0, cr4 = CR0 | flip(chance, WP, one_in=2), CR4 | flip(chance, SMEP, SMAP, one_in=2)
        efer = EFER | (NXE if chance.randrange(4) else 0)
        operation = chance.choice((LOAD_, STORE, FETCH)) | flip(chance, USER, one_in=2)
        yield Access(entries, cr0, cr4, efer, 2 | flip(chance, AC, one_in=2), operation)


def reserved(value: int, level: int, access: Access) -> bool:
    """Whether an entry has a reserved bit set (tables 4-15 to 4-20)."""
    mask = BEYOND | (0 if access.efer & NXE else NX) | (PS if level == 4 else 0)
    if level in (2, 3) and value & PS:
        mask |= (SIZES[level] - 1) & ~0x1FFF
    return bool(value & mask)


def expected(access: Access) -> tuple[int, tuple[int, ...] | None]:
    """The error code of the page fault (section 4.7), or NO_FAULT and the entries as they are afterwards."""
    user, kind = bool(access.operation & USER), access.operation & 3
    fetch, store = kind == FETCH, kind == STORE
    code = (2 if store else 0) | (4 if user else 0)
    if fetch and (access.efer & NXE or access.cr4 & SMEP):
        code |= 16
    rights, after = W | U, list(access.entries)
    never = 0
    for place, level in enumerate((4, 3, 2, 1)):
        value = access.entries[place]
        if not value & P:
            return code, None
        if reserved(value, level, access):
            return code | 1 | 8, None
        rights &= value
        never |= value & NX
        after[place] |= A
        if level == 1 or (level < 4 and value & PS):
            break
    if store:
        after[place] |= D
    may = allowed(access, rights, bool(never), user=user, kind=kind)
    return (NO_FAULT, tuple(after)) if may else (code | 1, None)


def allowed(access: Access, rights: int, never: bool, *, user: bool, kind: int) -> bool:
    """Access rights (section 4.6.1)."""
    user_page, writable = bool(rights & U), bool(rights & W)
    if user and not user_page:
        return False
    if kind == FETCH:
        return not never and not (not user and user_page and access.cr4 & SMEP)
    if not user and user_page and access.cr4 & SMAP and not access.flags & AC:
        return False
    return kind == LOAD_ or writable or not (user or access.cr0 & WP)


def test_an_access_through_random_tables_is_as_the_sdm_says() -> None:
    cases = list(accesses(Random(1)))
    with Machine(None, MachineConfig(ram_bytes=16 << 20)) as machine:
        source = Path(__file__).with_name("page_tables.S").read_text()
        machine.memory.write(LOAD, assemble(source))
        machine.memory.write(RECORDS, b"".join(case.packed() for case in cases))
        machine.memory.write(COUNT, struct.pack("<I", len(cases)))
        machine.memory.write(PAGE, RETURN)
        machine.run_seconds(0.05)
        faults = 0
        for n, case in enumerate(cases):
            code, _, *entries = struct.unpack("<II4Q", machine.memory.read(RESULTS + 40 * n, 40))
            want, left = expected(case)
            assert (case, code) == (case, want)
            assert left is None or (case, tuple(entries)) == (case, left)
            faults += code != NO_FAULT
        assert min(faults, CASES - faults) > CASES // 8
