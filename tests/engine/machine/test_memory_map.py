# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory map that boot loaders pass on."""

from __future__ import annotations

import itertools

from engine.machine.memory_map import RESERVED, USABLE, memory_map


def test_ram_is_usable_and_the_regions_do_not_overlap() -> None:
    regions = memory_map(64 << 20)
    assert all(low.base + low.size <= high.base for low, high in itertools.pairwise(regions))
    usable = [(region.base, region.size) for region in regions if region.kind == USABLE]
    assert usable == [(0, 0x9FC00), (1 << 20, 63 << 20)]


def test_the_extended_bios_data_area_the_bios_and_the_apics_are_reserved() -> None:
    reserved = [region for region in memory_map(64 << 20) if region.kind == RESERVED]
    for address in (0x9FC00, 0xE0000, 0xFFFFF, 0xFEC00000, 0xFEE00000):
        assert any(region.base <= address < region.base + region.size for region in reserved), hex(address)
