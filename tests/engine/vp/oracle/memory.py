# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest memory as the processor sees it (Intel SDM volume 3A, chapter 5: paging)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.engine.vp.oracle.faults import Kind, RunTimeError
from tests.engine.vp.oracle.reader import MASK

PAGE = 4096
PRESENT, LARGE = 1, 1 << 7
CR0_PG, CR4_PSE, CR4_PAE, EFER_LMA = 1 << 31, 1 << 4, 1 << 5, 1 << 10
FRAME = ((1 << 52) - 1) & ~(PAGE - 1)
"""Bits 51..12 of an entry: the physical address of a page or table."""


@dataclass(frozen=True)
class Level:
    """One level of page tables: which bits of the address index it, and whether an entry may map a large page."""

    shift: int
    bits: int
    large: bool


LONG = (Level(39, 9, large=False), Level(30, 9, large=True), Level(21, 9, large=True), Level(12, 9, large=False))
PAE = (Level(30, 2, large=False), Level(21, 9, large=True), Level(12, 9, large=False))
LEGACY = (Level(22, 10, large=True), Level(12, 10, large=False))


class Memory:
    """RAM seen through the page tables that the control registers select."""

    def __init__(self, ram: bytes | bytearray | memoryview, registers: Mapping[str, int]) -> None:
        self.ram = ram
        self.registers = registers

    def physical(self, address: int, size: int, kind: Kind = Kind.PHYSICAL) -> bytes:
        """Bytes of RAM.

        Raises:
            RunTimeError: some of them are not RAM.
        """
        if address + size > len(self.ram):
            raise RunTimeError(kind)
        return bytes(self.ram[address : address + size])

    def _entry(self, table: int, index: int, size: int) -> int:
        return int.from_bytes(self.physical(table + index * size, size, Kind.UNMAPPED), "little")

    def translate(self, address: int) -> int:
        """Physical address of a linear one.

        Raises:
            RunTimeError: nothing is mapped there.
        """
        register = self.registers
        cr0, cr3, cr4, efer = (register.get(name, 0) for name in ("CR0", "CR3", "CR4", "EFER"))
        if not cr0 & CR0_PG:
            return address & 0xFFFFFFFF
        if efer & EFER_LMA:
            if (address >> 47) not in {0, (1 << 17) - 1}:
                raise RunTimeError(Kind.UNMAPPED)  # not canonical
            return self._walk(address, cr3 & FRAME, LONG, 8, pse=True)
        address &= 0xFFFFFFFF
        if cr4 & CR4_PAE:
            return self._walk(address, cr3 & 0xFFFFFFE0, PAE, 8, pse=True)
        return self._walk(address, cr3 & 0xFFFFF000, LEGACY, 4, pse=bool(cr4 & CR4_PSE))

    def _walk(self, address: int, table: int, levels: tuple[Level, ...], entry_bytes: int, *, pse: bool) -> int:
        for level in levels:
            entry = self._entry(table, address >> level.shift & ((1 << level.bits) - 1), entry_bytes)
            if not entry & PRESENT:
                raise RunTimeError(Kind.UNMAPPED)
            offset = (1 << level.shift) - 1
            if level.shift == 12 or (level.large and pse and entry & LARGE):
                return (entry & FRAME & ~offset) | (address & offset)
            table = entry & FRAME
        raise AssertionError("the last level maps pages")

    def linear(self, address: int, size: int) -> bytes:
        """Bytes at a linear address.

        Raises:
            RunTimeError: some of them are not mapped, or mapped to no memory.
        """
        out = b""
        while len(out) < size:
            here = (address + len(out)) & MASK  # linear addresses wrap
            step = min(size - len(out), PAGE - here % PAGE)
            out += self.physical(self.translate(here), step, Kind.UNMAPPED)
        return out

    def text(self, address: int, size: int) -> bytes:
        """Bytes at a linear address up to a NUL, at most `size`; what lies behind the NUL is not touched."""
        out = bytearray()
        while len(out) < size and (byte := self.linear(address + len(out), 1)) != b"\0":
            out += byte
        return bytes(out)
