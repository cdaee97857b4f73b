# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's page walker on page tables written by hand (Intel SDM volume 3, chapter 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.core.binding import Core
from engine.core.library import constants

RAM = 8 << 20
PRESENT, LARGE = 1, 0x80
PG, PE, PSE, PAE, LMA, NXE = 1 << 31, 1, 0x10, 0x20, 0x400, 0x800
NO_EXECUTE = 1 << 63
CS_FLAGS, SEGMENT_LONG = 0xE4, 1 << 21
"""of CS in the CPU state (unicorn_layout.h); a segment of 64-bit code"""
ROOT, LEVEL3, LEVEL2, LEVEL1 = 0x1000, 0x2000, 0x3000, 0x4000
LAYOUT = constants("guest/unicorn_layout.h")


class Walker:
    """RAM, page tables and the registers that say how to read them."""

    def __init__(self) -> None:
        self.core = Core.detached(RAM)

    def registers(self, cr3: int = ROOT, cr4: int = PAE, efer: int = LMA, cr0: int = PG | PE) -> None:
        """What the CPU would have loaded."""
        for number, value in ((0, cr0), (3, cr3), (4, cr4)):
            struct.pack_into("<Q", self.core.environment(), LAYOUT[f"ENV_CR{number}"], value)
        struct.pack_into("<Q", self.core.environment(), LAYOUT["ENV_EFER"], efer)

    def entry(self, table: int, index: int, value: int, width: int = 8) -> None:
        """Write a page table entry."""
        self.core.ram[table + index * width : table + (index + 1) * width] = value.to_bytes(width, "little")

    def four_levels(self, index4: int = 0, index3: int = 0, index2: int = 0) -> None:
        """Tables down to LEVEL1."""
        self.registers()
        self.entry(ROOT, index4, LEVEL3 | PRESENT)
        self.entry(LEVEL3, index3, LEVEL2 | PRESENT)
        self.entry(LEVEL2, index2, LEVEL1 | PRESENT)


@pytest.fixture
def walker() -> Iterator[Walker]:
    """A machine without a CPU."""
    walker = Walker()
    yield walker
    walker.core.close()


def test_without_paging_addresses_are_physical(walker: Walker) -> None:
    walker.registers(cr0=PE, cr4=0, efer=0)
    assert walker.core.translate(0x12345) == 0x12345
    assert walker.core.translate(0x1_0001_2345) == 0x12345, "32 bits outside of long mode"


def test_a_page_of_4_kib(walker: Walker) -> None:
    walker.four_levels(0x1FF, 0x1FE, 3)
    walker.entry(LEVEL1, 5, 0x9000 | PRESENT | 1 << 63)
    assert walker.core.translate(0xFFFF_FFFF_8060_5678) == 0x9678
    assert walker.core.translate(0xFFFF_FFFF_8060_6678) is None, "not present"
    assert walker.core.translate(0x0000_FFFF_8060_5678) is None, "not canonical"


def test_a_page_of_2_mib(walker: Walker) -> None:
    walker.four_levels()
    walker.entry(LEVEL2, 1, 0x40_0000 | PRESENT | LARGE | 1 << 12)
    assert walker.core.translate(0x2A_BCDE) == 0x4A_BCDE, "bit 12 of a large page is PAT"


def test_a_page_of_1_gib(walker: Walker) -> None:
    walker.four_levels()
    walker.entry(LEVEL3, 2, 0x4000_0000 | PRESENT | LARGE)
    assert walker.core.translate(0x9234_5678) == 0x5234_5678


def test_large_is_no_bit_of_the_root(walker: Walker) -> None:
    walker.four_levels()
    walker.entry(ROOT, 0, LEVEL3 | PRESENT | LARGE)
    walker.entry(LEVEL1, 1, 0x9000 | PRESENT)
    assert walker.core.translate(0x1010) == 0x9010


def test_32_bit_paging(walker: Walker) -> None:
    walker.registers(cr4=0, efer=0)
    walker.entry(ROOT, 0x300, LEVEL1 | PRESENT, 4)
    walker.entry(LEVEL1, 7, 0x9000 | PRESENT, 4)
    assert walker.core.translate(0xC000_7123) == 0x9123
    assert walker.core.translate(0xC000_8123) is None


def test_32_bit_paging_with_pages_of_4_mib(walker: Walker) -> None:
    entry = 0x40_0000 | PRESENT | LARGE | 0x03 << 13
    walker.entry(ROOT, 1, entry, 4)
    walker.registers(cr4=PSE, efer=0)
    assert walker.core.translate(0x41_2345) == 0x03_0041_2345, "PSE-36 brings bits 32 to 39"
    walker.registers(cr4=0, efer=0)
    assert walker.core.translate(0x41_2345) is None, "without PSE it is a table beyond RAM"


def test_pae(walker: Walker) -> None:
    walker.registers(cr3=0x1020, efer=0)
    walker.entry(0x1020, 3, LEVEL2 | PRESENT)
    walker.entry(LEVEL2, 0, LEVEL1 | PRESENT)
    walker.entry(LEVEL1, 2, 0x9000 | PRESENT)
    assert walker.core.translate(0xC000_2004) == 0x9004


def test_tables_outside_of_ram_are_not_present(walker: Walker) -> None:
    walker.registers(cr3=RAM)
    assert walker.core.translate(0) is None


def test_a_read_goes_on_in_the_next_page_and_ends_where_nothing_is_mapped(walker: Walker) -> None:
    walker.four_levels()
    walker.entry(LEVEL1, 0, 0x9000 | PRESENT)
    walker.entry(LEVEL1, 1, 0x7000 | PRESENT)
    walker.core.ram[0x9FFC:0xA000] = b"left"
    walker.core.ram[0x7000:0x7005] = b"right"
    assert walker.core.read_linear(0xFFC, 9) == b"leftright"
    assert walker.core.read_linear(0x1FF0, 64) == bytes(16)


def test_looking_leaves_no_trace(walker: Walker) -> None:
    walker.four_levels()
    walker.entry(LEVEL1, 0, 0x9000 | PRESENT)
    before = bytes(walker.core.ram), bytes(walker.core.environment())
    walker.core.read_linear(0, 0x3000)
    assert (bytes(walker.core.ram), bytes(walker.core.environment())) == before


def test_the_kernel_s_tables_serve_where_the_cpu_s_own_lack_a_page_of_the_upper_half(walker: Walker) -> None:
    kernel = 0x10000
    walker.four_levels(0, 0, 3)
    walker.entry(LEVEL1, 5, 0x9000 | PRESENT)
    walker.entry(kernel, 0x1FF, LEVEL3 | PRESENT)
    walker.entry(kernel, 1, LEVEL3 | PRESENT)
    assert walker.core.translate(0xFFFF_FF80_0060_5678) is None
    walker.core.set_kernel_tables(kernel)
    assert walker.core.translate(0xFFFF_FF80_0060_5678) == 0x9678
    assert walker.core.translate(0x0000_0080_0060_5678) is None, "the lower half is the process's own"
    assert walker.core.translate(0x60_5678) == 0x9678
    walker.core.set_kernel_tables(0)
    assert walker.core.translate(0xFFFF_FF80_0060_5678) is None


def test_a_frame_whose_return_address_is_no_code_is_none(walker: Walker) -> None:
    walker.four_levels()
    walker.registers(efer=LMA | NXE)
    for page, value in ((1, 0x21000), (2, 0x22000), (3, 0x23000 | NO_EXECUTE)):
        walker.entry(LEVEL1, page, value | PRESENT)
    environment = walker.core.environment()
    struct.pack_into("<Q", environment, LAYOUT["ENV_EIP"], 0x1000)
    struct.pack_into("<Q", environment, 5 * 8, 0x3000)
    struct.pack_into("<I", environment, CS_FLAGS, SEGMENT_LONG)
    frames = [(0x3010, 0x2222), (0x3020, 0x1111), (0x3030, 0x3333)]
    walker.core.ram[0x23000:0x23030] = b"".join(struct.pack("<QQ", *frame) for frame in frames)
    assert walker.core.stack() == [0x1000, 0x2222, 0x1111]
    walker.core.ram[0x23028:0x23030] = struct.pack("<Q", 0x8000_8000_9000_9000)
    assert walker.core.stack() == [0x1000, 0x2222, 0x1111], "not canonical"
    walker.core.ram[0x23028:0x23030] = struct.pack("<Q", 0x3333)
    walker.registers()
    assert walker.core.stack()[:4] == [0x1000, 0x2222, 0x1111, 0x3333], "without EFER.NXE every page may hold code"
